// SPDX-License-Identifier: MIT
#include "vmx/exit/nmi.h"

#include "hv/core/panic.h"
#include "hv/core/shootdown.h"
#include "hv/core/vcpu.h"
#include "hv/core/vm.h"
#include "hv/core/work.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/exit_reason.h"
#include "hv/x86/insn.h"
#include "vmx/devirt/handoff.h"
#include "vmx/step/step.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/setup.h"
#include "vmx/vmcs/vmcs.h"

static void set_nmi_window(bool open)
{
	u64 primary = vmread(PRIMARY_CONTROLS);

	vmwrite(PRIMARY_CONTROLS,
		open ? primary | PRIMARY_NMI_WINDOW : primary & ~(u64)PRIMARY_NMI_WINDOW);
}

// Returns true if the NMI was for the guest.
static bool receive_nmi(struct cpu *c)
{
	if (__atomic_exchange_n(&c->shootdown.kick, 0, __ATOMIC_SEQ_CST) ||
	    __atomic_exchange_n(&c->shootdown.again, false, __ATOMIC_SEQ_CST)) {
		invalidate_here(c);
		return false;
	}
	c->nmi_pending = true;
	work_add(c, WORK_INJECT);
	return true;
}

void vcpu_nmi_in_root(struct cpu *c)
{
	if (c->devirt.state)
		devirtualize_in_nmi(c);

	// This NMI may have arrived after the last check of cpu.work before VM entry. The NMI
	// window makes the CPU exit as soon as the guest can take an NMI.
	bool guests = receive_nmi(c);

	if (c->state != CPU_GUEST)
		return;
	if (guests)
		set_nmi_window(true);
	// A step's view may be what this kick is about: its instruction runs on the shared map
	// instead. If the instruction has run already, and only its exit is still to be handled,
	// the commit asks the rules as they are then.
	if (c->in_step && (vmread(EXIT_REASON) & REASON_MASK) != REASON_MONITOR_TRAP) {
		c->step->overtaken = true;
		vmwrite(EPT_POINTER, vmx_eptp(c->vm, c->vm->ept.root));
	}
}

void nmi_deliver(struct cpu *c)
{
	u64 blocked = BLOCKING_BY_NMI | BLOCKING_BY_MOV_SS | BLOCKING_BY_STI;
	bool busy = vmread(ENTRY_INTERRUPTION_INFO) & EVENT_VALID;

	work_drop(c, WORK_INJECT);
	if (!c->nmi_pending || c->entry_state == CPU_WAITING)
		return; // a CPU that waits for its SIPI takes it afterwards
	if (busy || (vmread(GUEST_INTERRUPTIBILITY) & blocked)) {
		set_nmi_window(true);
		return;
	}
	c->nmi_pending = false;
	vmwrite(ENTRY_INTERRUPTION_INFO, EVENT_VALID | EVENT_NMI | VECTOR_NMI);

	// An NMI wakes a halted CPU; injection into the HLT state does the same.
}

void exit_exception_or_nmi(struct cpu *c, struct regs *regs)
{
	(void)regs;
	if ((vmread(EXIT_INTERRUPTION_INFO) & EVENT_TYPE) != EVENT_NMI)
		cpu_park(c, "an exception exit that no bitmap asked for");
	receive_nmi(c);
}

void exit_nmi_window(struct cpu *c, struct regs *regs)
{
	(void)regs;
	set_nmi_window(false);
	work_add(c, WORK_INJECT);
}
