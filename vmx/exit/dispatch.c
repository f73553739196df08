// SPDX-License-Identifier: MIT
// The exit dispatcher: one line for every reason that the manual defines.
#include "vmx/exit/handlers.h"

#include "hv/call/null_call.h"
#include "hv/core/drill.h"
#include "hv/core/freeze.h"
#include "hv/core/panic.h"
#include "hv/core/run_on.h"
#include "hv/core/shootdown.h"
#include "hv/core/vm.h"
#include "hv/core/work.h"
#include "vmx/devirt/handoff.h"
#include "vmx/exit/nmi.h"
#include "vmx/step/open.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/setup.h"

// An instruction that CPUID says is not there.
static void exit_undefined(struct cpu *c, struct regs *regs)
{
	(void)regs;
	guest_inject_ud(c);
}

// We never asked for this exit, or the manual does not define it.
static void exit_surprise(struct cpu *c, struct regs *regs)
{
	(void)regs;
	cpu_park(c, "a VM exit that cannot happen");
}

// clang-format off
static const exit_handler handlers[REASON_COUNT] = {
	[REASON_EXCEPTION_OR_NMI]      = exit_exception_or_nmi,
	[REASON_EXTERNAL_INTERRUPT]    = exit_surprise, // not asked for
	[REASON_TRIPLE_FAULT]          = exit_triple_fault,
	[REASON_INIT]                  = exit_init,
	[REASON_SIPI]                  = exit_sipi,
	[REASON_IO_SMI]                = exit_surprise, // dual-monitor SMM only
	[REASON_OTHER_SMI]             = exit_surprise, // dual-monitor SMM only
	[REASON_INTERRUPT_WINDOW]      = exit_surprise, // not asked for
	[REASON_NMI_WINDOW]            = exit_nmi_window,
	[REASON_TASK_SWITCH]           = exit_task_switch,
	[REASON_CPUID]                 = exit_cpuid,
	[REASON_GETSEC]                = exit_undefined, // SMX is hidden
	[REASON_HLT]                   = exit_surprise, // not asked for
	[REASON_INVD]                  = exit_invd,
	[REASON_INVLPG]                = exit_surprise, // not asked for
	[REASON_RDPMC]                 = exit_surprise, // not asked for
	[REASON_RDTSC]                 = exit_surprise, // not asked for
	[REASON_RSM]                   = exit_undefined, // RSM outside SMM
	[REASON_VMCALL]                = exit_vmcall,
	[REASON_VMCLEAR]               = exit_undefined, // VMX is hidden
	[REASON_VMLAUNCH]              = exit_undefined,
	[REASON_VMPTRLD]               = exit_undefined,
	[REASON_VMPTRST]               = exit_undefined,
	[REASON_VMREAD]                = exit_undefined,
	[REASON_VMRESUME]              = exit_undefined,
	[REASON_VMWRITE]               = exit_undefined,
	[REASON_VMXOFF]                = exit_undefined,
	[REASON_VMXON]                 = exit_undefined,
	[REASON_CR_ACCESS]             = exit_cr_access,
	[REASON_MOV_DR]                = exit_surprise, // not asked for
	[REASON_IO]                    = exit_io,
	[REASON_RDMSR]                 = exit_rdmsr,
	[REASON_WRMSR]                 = exit_wrmsr,
	[REASON_ENTRY_GUEST_STATE]     = exit_surprise, // an entry failure, reported as such
	[REASON_ENTRY_MSR_LOAD]        = exit_surprise, // an entry failure, reported as such
	[REASON_RESERVED_35]           = exit_surprise,
	[REASON_MWAIT]                 = exit_surprise, // not asked for
	[REASON_MONITOR_TRAP]          = exit_monitor_trap,
	[REASON_RESERVED_38]           = exit_surprise,
	[REASON_MONITOR]               = exit_surprise, // not asked for
	[REASON_PAUSE]                 = exit_surprise, // not asked for
	[REASON_ENTRY_MACHINE_CHECK]   = exit_surprise, // an entry failure, reported as such
	[REASON_RESERVED_42]           = exit_surprise,
	[REASON_TPR_BELOW_THRESHOLD]   = exit_surprise, // no TPR shadow
	[REASON_APIC_ACCESS]           = exit_surprise, // no APIC-access page
	[REASON_VIRTUALIZED_EOI]       = exit_surprise, // no virtual interrupts
	[REASON_GDTR_IDTR]             = exit_surprise, // not asked for
	[REASON_LDTR_TR]               = exit_surprise, // not asked for
	[REASON_EPT_VIOLATION]         = exit_ept_violation,
	[REASON_EPT_MISCONFIGURATION]  = exit_ept_misconfiguration,
	[REASON_INVEPT]                = exit_undefined, // VMX is hidden
	[REASON_RDTSCP]                = exit_surprise, // RDTSC exiting is off
	[REASON_PREEMPTION_TIMER]      = exit_preemption_timer,
	[REASON_INVVPID]               = exit_undefined, // VMX is hidden
	[REASON_WBINVD]                = exit_surprise, // not asked for
	[REASON_XSETBV]                = exit_xsetbv,
	[REASON_APIC_WRITE]            = exit_surprise, // no APIC virtualization
	[REASON_RDRAND]                = exit_surprise, // not asked for
	[REASON_INVPCID]               = exit_surprise, // INVLPG exiting is off
	[REASON_VMFUNC]                = exit_undefined, // no VM function is on
	[REASON_ENCLS]                 = exit_surprise, // not asked for
	[REASON_RDSEED]                = exit_surprise, // not asked for
	[REASON_PML_FULL]              = exit_surprise, // no page-modification log
	[REASON_XSAVES]                = exit_surprise, // the XSS bitmap is 0
	[REASON_XRSTORS]               = exit_surprise, // the XSS bitmap is 0
	[REASON_PCONFIG]               = exit_undefined, // hidden
	[REASON_SPP]                   = exit_spp,
	[REASON_UMWAIT]                = exit_surprise, // RDTSC exiting is off
	[REASON_TPAUSE]                = exit_surprise, // RDTSC exiting is off
	[REASON_LOADIWKEY]             = exit_surprise, // not asked for
	[REASON_ENCLV]                 = exit_surprise, // not asked for
	[REASON_RESERVED_71]           = exit_surprise,
	[REASON_ENQCMD_PASID]          = exit_surprise, // no PASID translation
	[REASON_ENQCMDS_PASID]         = exit_surprise, // no PASID translation
	[REASON_BUS_LOCK]              = exit_surprise, // not asked for
	[REASON_INSTRUCTION_TIMEOUT]   = exit_surprise, // not asked for
	[REASON_SEAMCALL]              = exit_undefined, // no TDX for the guest
	[REASON_TDCALL]                = exit_undefined, // no TDX for the guest
	[REASON_RDMSRLIST]             = exit_undefined, // hidden
	[REASON_WRMSRLIST]             = exit_undefined, // hidden
};
// clang-format on

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

// What cpu.work asks for, until nothing is left. Bits that other processors set meanwhile are seen
// by the caller's second look.
static void do_work(struct cpu *c)
{
	if (c->work & WORK_DRILL)
		drill_now(c);
	if (c->work & WORK_FREEZE)
		freeze_wait(c);
	if (c->work & WORK_ASK)
		ask_answer(c);
	if (c->work & WORK_STEP)
		step_resume(c);
	if (c->work & WORK_INJECT)
		nmi_deliver(c);
	if (c->work & WORK_EVENTS) {
		work_drop(c, WORK_EVENTS);
		agent_ring_feed(c);
	}
	if (c->work & WORK_LEAVE)
		leave_now(c);
	flush_here(c);
}

// The way back into the guest. The state is published before cpu.work and flush_wanted are looked
// at (see hv/core/shootdown.c); an NMI that comes later finds the state and acts by itself.
static void enter_guest(struct cpu *c)
{
	for (;;) {
		__atomic_store_n(&c->state, c->entry_state, __ATOMIC_SEQ_CST);
		if (c->flushed == c->vm->flush_wanted && !c->work)
			return;
		__atomic_store_n(&c->state, CPU_ROOT, __ATOMIC_SEQ_CST);
		do_work(c);
	}
}

void (*vmx_exit_handler)(struct regs *regs);

static __attribute__((noinline)) void handle(struct cpu *c, struct regs *regs, u64 reason)
{
	c->state = CPU_ROOT;
	c->regs = regs;
	if (reason >= REASON_COUNT)
		cpu_park(c, "VM entry failed or the exit reason is unknown");
	c->exits[reason]++;
	if (c->step.active)
		step_pause(c, reason);
	handlers[reason](c, regs);
	enter_guest(c);
}

// The frequent exits whose handlers wait for nobody and touch nothing that processors share go
// straight back where nothing else is due. The state is CPU_GUEST all the time: an NMI that comes
// meanwhile is taken as one behind the last look before VM entry. The reason's upper bits only say
// how things stood, an SGX enclave running, but for that of a failed entry.
void vmx_handle_exit(struct regs *regs)
{
	struct cpu *c = cpu_this();
	u64 reason = vmread(EXIT_REASON) & (REASON_MASK | REASON_ENTRY_FAILURE);

	c->trail[c->exits_total++ % EXIT_TRAIL].reason = reason;
	if (c->work || c->step.active) {
		handle(c, regs, reason);
		return;
	}
	if (reason == REASON_VMCALL && is_null_call(regs)) {
		c->exits[REASON_VMCALL]++;
		exit_null_call(c, regs);
	} else if (reason == REASON_CPUID) {
		c->exits[REASON_CPUID]++;
		exit_cpuid(c, regs);
	} else if (reason == REASON_XSETBV) {
		c->exits[REASON_XSETBV]++;
		exit_xsetbv(c, regs);
	} else {
		handle(c, regs, reason);
	}
}

void vmx_resume_failed(void);

void vmx_resume_failed(void)
{
	cpu_park(cpu_this(), "VMRESUME failed");
}
