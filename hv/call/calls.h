// SPDX-License-Identifier: MIT
// The hypercalls' handlers, by rooms; the table is in hv/call/table.c.
#ifndef HV_CALL_CALLS_H
#define HV_CALL_CALLS_H

#include "hv/core/cpu.h"

struct arguments {
	u64 a[4];
};

// Carries out one call for the guest on CPU `c`. Returns TESSERA_OK or an error; *value is
// what RDX shall hold. No lock held.
typedef s64 (*call_handler)(struct cpu *c, const struct arguments *x, u64 *value);

s64 call_query(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_statistics(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_log_read(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_protect(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_unprotect(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_protect_gva(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_unprotect_gva(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_batch(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_access_get(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_access_set(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_rule_create(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_rule_delete(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_rule_get(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_region_get(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_events_start(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_events_stop(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_seal(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_claim(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_release(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_lockdown(struct cpu *c, const struct arguments *x, u64 *value);
s64 call_devirtualize(struct cpu *c, const struct arguments *x, u64 *value);

// The VMCALL exit, for the exit table.
struct regs;
void exit_vmcall(struct cpu *c, struct regs *regs);

// True when the guest's caller carries the key that calls need now. A wrong key is counted and
// makes its CPU wait, longer each time.
bool owner_admits(struct cpu *c, u64 number, u64 key);

#endif
