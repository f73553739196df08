// SPDX-License-Identifier: MIT
// The handlers of the hypercalls, by file; the table is in hv/call/table.c.
#ifndef HV_CALL_CALLS_H
#define HV_CALL_CALLS_H

#include "hv/core/cpu.h"

struct arguments {
	u64 a[4];
};

// Executes one call for the guest on CPU `c`. Returns TESSERA_OK or an error, and sets *value,
// which becomes RDX. No lock held.
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

// Whether the guest may make call `number` now with `key` in R8: see hv/call/admission.h. Counts a
// wrong key and then keeps CPU `c` waiting, longer each time. No lock held.
bool call_is_admitted(struct cpu *c, u64 number, u64 key);

#endif
