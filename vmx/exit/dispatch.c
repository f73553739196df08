// SPDX-License-Identifier: MIT
// The exit dispatcher. The table of handlers, one line for every reason that the manual defines, is
// in hv/entry/tables.c.
#include "hv/core/lock_order.h"
#include "vmx/exit/handlers.h"

#include "hv/core/panic.h"
#include "hv/core/shootdown.h"
#include "hv/core/vm.h"
#include "hv/core/work.h"
#include "vmx/check/entry_check.h"
#include "vmx/devirt/handoff.h"
#include "vmx/exit/nmi.h"
#include "vmx/step/open.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/setup.h"

// All names in one piece: pointers to them would take more room than they do.
#define REASON_NAME(name, number) #name "\0"
static const char names[] = EXIT_REASONS(REASON_NAME);

const char *exit_reason_name(unsigned reason)
{
	const char *name = names;

	if (reason >= REASON_COUNT)
		return "?";
	for (; reason; name++)
		reason -= !*name;
	return name;
}

// The way back into the guest. The state is published before cpu.work and shootdown.wanted are
// looked at (see hv/core/shootdown.c); an NMI that comes later finds the state and acts by itself.
static void enter_guest(struct cpu *c)
{
	for (;;) {
		__atomic_store_n(&c->state, c->entry_state, __ATOMIC_SEQ_CST);
		if (c->shootdown.done == c->vm->shootdown.wanted && !c->work) {
			lock_order_only(c, 0);
			return;
		}
		__atomic_store_n(&c->state, CPU_ROOT, __ATOMIC_SEQ_CST);
		work_run(c);
		invalidate_here(c);
	}
}

void (*vmx_exit_handler)(struct regs *regs);

static __attribute__((noinline)) void handle_exit(struct cpu *c, struct regs *regs, u64 reason)
{
	c->state = CPU_ROOT;
	c->regs = regs;
	if (reason >= REASON_COUNT)
		cpu_park(c, "VM entry failed or the exit reason is unknown");
	c->exits[reason]++;
	if (c->in_step)
		step_pause(c, reason);
	exit_table[reason](c, regs);
	enter_guest(c);
}

// The frequent exits whose handlers wait for nobody and touch nothing that CPUs share go
// straight back where nothing else is due. The state is CPU_GUEST all the time: an NMI that comes
// meanwhile is taken as one behind the last look before VM entry.
static inline void dispatch_exit(struct cpu *c, struct regs *regs, u64 reason)
{
	if (c->work || c->in_step) {
		handle_exit(c, regs, reason);
		return;
	}
	if (reason == REASON_VMCALL && exit_vmcall_fast(c, regs)) {
		return;
	} else if (reason == REASON_CPUID) {
		c->exits[REASON_CPUID]++;
		exit_cpuid(c, regs);
	} else if (reason == REASON_XSETBV) {
		c->exits[REASON_XSETBV]++;
		exit_xsetbv(c, regs);
	} else {
		handle_exit(c, regs, reason);
	}
}

// The reason's upper bits only say how things stood, an SGX enclave running, but for that of a
// failed entry.
void vmx_handle_exit(struct regs *regs)
{
	struct cpu *c = cpu_this();
	u64 reason = vmread(EXIT_REASON) & (REASON_MASK | REASON_ENTRY_FAILURE);

	c->trail[c->exits_total++ % EXIT_TRAIL].reason = reason;
	dispatch_exit(c, regs, reason);
	entry_check(c);
}

void vmx_resume_failed(void);

void vmx_resume_failed(void)
{
	cpu_park(cpu_this(), "VMRESUME failed");
}
