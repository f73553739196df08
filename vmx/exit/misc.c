// SPDX-License-Identifier: MIT
// Exits that need only a few lines each.
#include "hv/core/log.h"
#include "hv/core/operator.h"
#include "hv/core/panic.h"
#include "hv/core/vm.h"
#include "vmx/exit/handlers.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/vmcs.h"

// An instruction that CPUID does not report.
void exit_undefined(struct cpu *c, struct regs *regs)
{
	(void)regs;
	guest_inject_ud(c);
}

// An instruction of a CPU that is newer than Tessera, or one for which Tessera asks for no exits.
// CPUID does not show the guest such features. The guest may be at any CPL.
void exit_unknown(struct cpu *c, struct regs *regs)
{
	u64 *count = &c->vm->counters.unknown_exits;

	(void)regs;
	if (log_is_due(count))
		log_warn("VM exit %lu is unknown (%lu such exits): the guest got #UD",
			 vmread(EXIT_REASON) & REASON_MASK, *count);
	if (!guest_requeue_event(c, 0))
		guest_inject_ud(c);
}

// An exit that Tessera has not enabled and after which the guest cannot continue.
void exit_surprise(struct cpu *c, struct regs *regs)
{
	(void)regs;
	cpu_park(c, "a VM exit that cannot happen");
}

// INVD would also discard dirty lines of Tessera, so WBINVD is used instead.
void exit_invd(struct cpu *c, struct regs *regs)
{
	(void)regs;
	__asm__ volatile("wbinvd" ::: "memory");
	guest_advance(c);
}

void exit_triple_fault(struct cpu *c, struct regs *regs)
{
	(void)regs;
	machine_triple_fault(c);
}

// Hardware task switches do not exist in VMX non-root operation. Only 32-bit systems with task
// gates would use one; they get the fault of an invalid task gate.
void exit_task_switch(struct cpu *c, struct regs *regs)
{
	u64 *count = &c->vm->counters.task_switches;

	(void)regs;
	if (log_is_due(count))
		log_warn("the guest tried a hardware task switch (%lu times): not supported",
			 *count);
	guest_inject_gp(c);
}

void exit_preemption_timer(struct cpu *c, struct regs *regs)
{
	(void)c;
	(void)regs;
	vmwrite(PREEMPTION_TIMER, operator_poll());
}
