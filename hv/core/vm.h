// SPDX-License-Identifier: MIT
// One virtual machine: its map, its policy, its events and its CPUs. The host OS is VM 0.
#ifndef HV_CORE_VM_H
#define HV_CORE_VM_H

#include "ept/ept.h"
#include "hv/core/agent_ring.h"
#include "hv/core/cpu.h"
#include "hv/lib/boot_info.h"
#include "hv/lib/lock.h"
#include "hv/lib/pool.h"
#include "spp/policy.h"

#define STEP_LOCKS 64

// What one call does to regions. Too large for a stack.
struct change {
	struct lock lock; // taken before the policy's
	u32 count;
	u32 walks; // entries of the caller's page tables that were read for it
	struct policy_op op[TESSERA_CHANGE_MAX];
};

struct vm {
	u32 number;
	struct pool *pool;
	struct ept ept;
	struct {
		struct mtrr_state first; // as Tessera found them: what was write-back is RAM
		bool changed;            // the guest changed them since
		u64 known_ram[64];       // cache of 2 MiB blocks that are RAM: their numbers + 1
	} types;
	struct policy policy;
	struct change change;

	struct cpu *cpu[BOOT_CPUS_MAX];
	u32 cpus;

	// hv/core/shootdown.c
	struct {
		u64 wanted;  // grows with each request; a CPU is done when its `done` reached it
		u64 count;   // awaited shootdowns
		u64 kicks;   // NMIs sent for them
		u64 invepts; // INVEPTs executed
	} shootdown;

	u8 *msr_bitmap;
	u8 *io_bitmap[2]; // ports below and from 0x8000
	bool a20_off;     // as the guest wrote it (vmx/exit/io.c)
	// vmx/exit/init_sipi.c
	struct {
		u8 mode;     // enum boot_sipi
		u32 waiting; // CPUs that wait for a SIPI, in whichever way
	} sipi;
	// vmx/exit/icr_trap.c
	struct {
		bool on;
		u32 rule;  // takes the write access to the APIC's page away
		u32 holds; // CPUs that wait in root mode and need the trap
		u64 used;  // TSC of the last INIT or SIPI that it saw
		struct lock lock;
	} icr_trap;
	// vmx/devirt/handoff.c
	struct {
		u32 slot; // of the level-4 tables, shared with the guest meanwhile
		struct lock lock;
	} devirt;
	// hv/core/freeze.c
	struct {
		bool on;   // no CPU may be in the guest
		u64 since; // TSC
		struct lock lock;
	} freeze;
	// vmx/exit/super_io.c
	struct {
		u8 number[2]; // of the register that the guest chose, at 2Eh and at 4Eh
		struct lock lock;
	} super_io;
	// vmx/exit/timing.c
	struct {
		bool on;       // exits are timed
		u32 exit_work; // enum cpu_work: what every exit adds to its CPU's work
		struct lock lock;
	} timing;
	struct cpu *run_on_target; // the CPU that has, or had, the last request (hv/core/run_on.c)

	u64 started;        // TSC
	bool committed;     // the loader's calls are over
	bool spp_available; // every CPU has SPP

	struct agent_ring ring;
	u64 key; // that calls must carry, 0 = unclaimed

	u32 step_lock[STEP_LOCKS]; // by page, so that steps on one page take turns

	u64 writes[TESSERA_ACTION_COUNT]; // that a rule covered, by the action taken
	struct {
		u64 hidden_reads;   // of the hidden block: answered with zeros
		u64 hidden_writes;  // to the hidden block: dropped
		u64 loops_resolved; // loops of one exit that were detected and ended
		u64 wrong_keys;     // calls refused for a wrong key
		u64 updates;        // microcode updates that were dropped
		u64 task_switches;  // refused
		u64 unknown_exits;  // answered with #UD
		u64 uart_moves;     // writes that could move the console's UART: dropped
	} counters;
};

extern struct vm vm0;
extern struct boot_info *boot;
extern struct pool pool;

// Logs which engine runs, and what is missing.
void vm_announce(const struct vm *vm);

// Writes that were denied or discarded.
static inline u64 vm_blocked(const struct vm *vm)
{
	return vm->writes[TESSERA_ACTION_DENY] + vm->writes[TESSERA_ACTION_DISCARD];
}

// TESSERA_FEATURE_* bits of this VM.
u32 vm_features(const struct vm *vm);

// The policy calls, which hypercalls and console commands share. Each takes the policy lock,
// changes the policy, and does the awaited shootdown that is owed before it returns. Any CPU in
// root mode; no lock held. Errors as in spp/policy.h.
int vm_change(struct vm *vm, const struct policy_op *ops, u32 count, u32 *failed);
int vm_protect(struct vm *vm, u32 rule, u64 gpa, u64 length);
int vm_unprotect(struct vm *vm, u32 rule, u64 gpa, u64 length);
int vm_access_set(struct vm *vm, u64 gpa, u32 pages, const u32 *maps);
int vm_access_get(struct vm *vm, u64 gpa, u32 pages, u32 *maps);

// Adds a rule (spp/rule.h: rule_create) under the policy lock.
s32 vm_rule_create(struct vm *vm, u32 action, const char *name, u32 tag, u32 flags);
int vm_rule_delete(struct vm *vm, u32 number);

// Seals one rule, or all with -1: it cannot be loosened until reset.
int vm_seal(struct vm *vm, s64 rule);

// Removes a seal, for the operator only. DENIED unless the configuration allows it.
int vm_unseal(struct vm *vm, s64 rule);

// Ends a change of the policy: does the awaited shootdown if one is owed, then frees the tables
// that were unlinked. Caller holds the policy lock.
void vm_finish_change(struct vm *vm);

// Makes every CPU of the VM invalidate its EPT translations, and waits until all have. Any CPU in
// root mode; locks as asserted in hv/core/shootdown.c.
void vm_shootdown(struct vm *vm);

#endif
