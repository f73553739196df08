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

// All names in one string: a table of pointers would be larger than the names.
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

// The way back into the guest. Publishes the state before it reads cpu.work and shootdown.wanted
// (see hv/core/shootdown.c). An NMI that arrives later sees the state; its handler does the work.
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

// What the processor says of the cause of a VM entry that it refused. The fields concerned are in
// the report that follows. Manual: "VM-Entry Failures During or After Loading Guest State".
static const char *entry_failure(u64 reason)
{
	static const char causes[][32] = { "VM entry failed: PDPTEs",
					   "VM entry failed: NMI under STI",
					   "VM entry failed: link pointer" };
	u64 cause = vmread(EXIT_QUALIFICATION) - 2;

	reason &= REASON_MASK;
	if (reason == REASON_ENTRY_GUEST_STATE && cause < ARRAY_SIZE(causes))
		return causes[cause];
	return exit_reason_name((unsigned)reason);
}

static __attribute__((noinline)) void handle_exit(struct cpu *c, struct regs *regs, u64 reason)
{
	c->state = CPU_ROOT;
	c->regs = regs;
	if (reason & REASON_ENTRY_FAILURE)
		cpu_park(c, entry_failure(reason));
	if (c->in_step)
		step_pause(c, reason);
	if (reason < REASON_COUNT) {
		c->exits[reason]++;
		exit_table[reason](c, regs);
	} else {
		exit_unknown(c, regs);
	}
	enter_guest(c);
}

// Frequent exits whose handlers do not wait and touch no shared data return to the guest at once if
// no other work is due. The state stays CPU_GUEST: an NMI that arrives meanwhile is handled like
// one that arrives after the last check before VM entry.
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

// The upper bits of the reason only describe the state (an SGX enclave was running), except the bit
// for a failed entry.
void vmx_handle_exit(struct regs *regs)
{
	struct cpu *c = cpu_this();
	u64 reason = vmread(EXIT_REASON) & (REASON_MASK | REASON_ENTRY_FAILURE);

	c->trail[c->exits_total++ % EXIT_TRAIL].reason = reason;
	dispatch_exit(c, regs, reason);
	entry_check(c);
}

// Manual: "VM-Instruction Error Numbers".
enum { ERROR_CONTROLS = 7, ERROR_HOST_STATE = 8 };

void vmx_resume_failed(void);

void vmx_resume_failed(void)
{
	u64 error = vmread(INSTRUCTION_ERROR);

	cpu_park(cpu_this(), error == ERROR_CONTROLS     ? "VMRESUME failed: controls"
			     : error == ERROR_HOST_STATE ? "VMRESUME failed: host state"
							 : "VMRESUME failed");
}
