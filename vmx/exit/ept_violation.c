// SPDX-License-Identifier: MIT
// EPT violations, SPP events and EPT misconfigurations. No bit of the exit tells an SPP denial from
// another EPT violation, so the policy decides what an exit means.
// Manual: "EPT Violations", "SPP-Related Events".
#include "hv/core/log.h"
#include "hv/core/panic.h"
#include "hv/core/shootdown.h"
#include "hv/core/vcpu.h"
#include "hv/core/verdict.h"
#include "hv/core/vm.h"
#include "hv/x86/insn.h"
#include "vmx/exit/handlers.h"
#include "vmx/exit/icr_trap.h"
#include "vmx/step/open.h"
#include "vmx/step/plain_store.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/vmcs.h"

// After so many identical exits in a row, resuming the guest has no effect.
#define REPEATS_MAX 8

struct access {
	u64 gpa, gva, rip, qualification;
	u32 generation; // policy_generation, read before all else
	bool walk;      // the CPU's own access to a guest page table
	bool delivery;  // the access delivers an event; no instruction made it
};

static struct access read_access(const struct cpu *c)
{
	struct access a = {
		.gpa = vmread(GUEST_PHYSICAL_ADDRESS),
		.rip = vmread(GUEST_RIP),
		.qualification = vmread(EXIT_QUALIFICATION),
	};

	a.generation = policy_generation(&c->vm->policy);
	if (a.qualification & QUAL_LINEAR_VALID) {
		a.gva = vmread(GUEST_LINEAR_ADDRESS);
		a.walk = !(a.qualification & QUAL_FINAL_ACCESS);
	}
	return a;
}

// Counts repeated exits at one place. Returns true if there were too many.
static bool exit_repeats(struct cpu *c, const struct access *a)
{
	struct exit_repeat *r = &c->repeat;

	if (r->rip != a->rip || r->gpa != a->gpa) {
		*r = (struct exit_repeat){ .rip = a->rip, .gpa = a->gpa };
		return false;
	}
	return ++r->count >= REPEATS_MAX;
}

static void fault_guest(struct cpu *c)
{
	vcpu_abandon_step(c);
	guest_inject_gp(c);
}

static void open_or_deny(struct cpu *c, enum step_kind kind, const struct access *a)
{
	if (!step_open(c, kind, a->gpa, a->gva, a->generation))
		fault_guest(c);
}

// The hidden block is not in the guest's map: reads return zeros and writes are dropped.
static void hidden_access(struct cpu *c, const struct access *a)
{
	u64 *counter = a->qualification & QUAL_WRITE ? &c->vm->counters.hidden_writes
						     : &c->vm->counters.hidden_reads;

	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
	open_or_deny(c, STEP_HIDDEN, a);
}

static void denied_write(struct cpu *c, const struct access *a, const struct verdict *v)
{
	u8 action = verdict_possible(v->action);

	write_event(c, action, v->rule, a->gpa, a->gva, a->rip, 0, 0, 0);
	if (action == TESSERA_ACTION_DENY) {
		fault_guest(c);
		return;
	}
	vcpu_abandon_step(c);
	verdict_stop(c, a->rip);
}

static struct verdict judge_access(const struct cpu *c, const struct access *a)
{
	struct policy *p = &c->vm->policy;
	u8 freeze = verdict_has_pass(c, a->rip) ? TESSERA_ACTION_AUDIT : TESSERA_ACTION_FREEZE;
	struct verdict v;

	lock_take(&p->lock);
	v = policy_judge_as(p, a->gpa, 1, freeze);
	lock_drop(&p->lock);
	return v;
}

// The tables permit this write: the violation came from a stale translation.
static bool is_open(const struct cpu *c, const struct access *a)
{
	struct policy *p = &c->vm->policy;
	bool open;

	lock_take(&p->lock);
	open = policy_admits(p, a->gpa);
	lock_drop(&p->lock);
	return open;
}

static bool may_be_plain(const struct cpu *c, const struct access *a)
{
	return !c->in_step && !a->delivery && (a->qualification & QUAL_LINEAR_VALID);
}

// Handles a write that no rule denies: emulates it, retries it, or steps it.
static void serve_write(struct cpu *c, const struct access *a)
{
	if (may_be_plain(c, a) && store_plain(c, a->gpa, a->gva))
		return;
	if (!c->in_step && is_open(c, a)) {
		if (!exit_repeats(c, a)) {
			invept(INVALIDATE_SINGLE, vmread(EPT_POINTER));
			return;
		}
		// The CPU does not check this kind of write with SPP.
		__atomic_fetch_add(&c->vm->counters.loops_resolved, 1, __ATOMIC_RELAXED);
	}
	open_or_deny(c, STEP_WRITE, a);
}

static void write_access(struct cpu *c, const struct access *a)
{
	struct verdict v;

	if (icr_trap_covers(c->vm, a->gpa)) {
		open_or_deny(c, STEP_APIC, a);
		return;
	}
	if (a->walk) {
		open_or_deny(c, STEP_WALK, a);
		return;
	}
	v = judge_access(c, a);
	if (v.action >= TESSERA_ACTION_DENY)
		denied_write(c, a, &v);
	else
		serve_write(c, a);
}

void exit_ept_violation(struct cpu *c, struct regs *regs)
{
	struct access a = read_access(c);
	const struct ept *e = &c->vm->ept;

	(void)regs;
	a.delivery = guest_requeue_event(c, a.qualification);
	if (a.delivery)
		step_check_event(c);
	if (a.gpa >= e->hidden_start && a.gpa < e->hidden_end)
		hidden_access(c, &a);
	else if (a.gpa >> e->addr_bits)
		fault_guest(c); // no memory can be there
	else if (a.qualification & QUAL_WRITE)
		write_access(c, &a);
	else if (exit_repeats(c, &a))
		cpu_park(c, "reads of a mapped page keep faulting");
	else
		invept(INVALIDATE_SINGLE, vmread(EPT_POINTER));
}

void exit_spp(struct cpu *c, struct regs *regs)
{
	struct access a = read_access(c);
	bool misconfigured = !(a.qualification & QUAL_SPP_MISS);
	struct policy *p = &c->vm->policy;

	(void)regs;
	guest_requeue_event(c, a.qualification);
	if (misconfigured)
		log_error("malformed SPPT entry for gpa 0x%lx: rebuilt from the rules", a.gpa);
	lock_take(&p->lock);
	policy_miss(p, a.gpa, misconfigured);
	if (misconfigured || p->shootdown_owed)
		vm_finish_change(c->vm);
	lock_drop(&p->lock);
}

void exit_ept_misconfiguration(struct cpu *c, struct regs *regs)
{
	u64 gpa = vmread(GUEST_PHYSICAL_ADDRESS), entry;

	(void)regs;
	lock_take(&c->vm->policy.lock);
	entry = ept_lookup(&c->vm->ept, gpa).entry;
	lock_drop(&c->vm->policy.lock);
	log_error("malformed EPT entry 0x%lx for gpa 0x%lx", entry, gpa);
	cpu_park(c, "an EPT entry is malformed");
}
