// SPDX-License-Identifier: MIT
// The tables that connect the rooms: the handler of each VM exit and of each bit of cpu.work. The
// rooms below include nothing of the rooms that are named here.
#include "hv/call/calls.h"
#include "hv/core/agent_ring.h"
#include "hv/core/drill.h"
#include "hv/core/freeze.h"
#include "hv/core/run_on.h"
#include "hv/core/work.h"
#include "vmx/devirt/handoff.h"
#include "vmx/exit/handlers.h"
#include "vmx/exit/init_sipi.h"
#include "vmx/exit/nmi.h"
#include "vmx/step/open.h"

// clang-format off
const exit_handler exit_table[REASON_COUNT] = {
	[REASON_EXCEPTION_OR_NMI]      = exit_exception_or_nmi,
	[REASON_EXTERNAL_INTERRUPT]    = exit_external_interrupt,
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
	[REASON_HLT]                   = exit_unknown, // not asked for
	[REASON_INVD]                  = exit_invd,
	[REASON_INVLPG]                = exit_unknown, // not asked for
	[REASON_RDPMC]                 = exit_unknown, // not asked for
	[REASON_RDTSC]                 = exit_unknown, // not asked for
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
	[REASON_MOV_DR]                = exit_unknown, // not asked for
	[REASON_IO]                    = exit_io,
	[REASON_RDMSR]                 = exit_rdmsr,
	[REASON_WRMSR]                 = exit_wrmsr,
	[REASON_ENTRY_GUEST_STATE]     = exit_surprise, // an entry failure, reported as such
	[REASON_ENTRY_MSR_LOAD]        = exit_surprise, // an entry failure, reported as such
	[REASON_RESERVED_35]           = exit_unknown,
	[REASON_MWAIT]                 = exit_unknown, // not asked for
	[REASON_MONITOR_TRAP]          = exit_monitor_trap,
	[REASON_RESERVED_38]           = exit_unknown,
	[REASON_MONITOR]               = exit_unknown, // not asked for
	[REASON_PAUSE]                 = exit_unknown, // not asked for
	[REASON_ENTRY_MACHINE_CHECK]   = exit_surprise, // an entry failure, reported as such
	[REASON_RESERVED_42]           = exit_unknown,
	[REASON_TPR_BELOW_THRESHOLD]   = exit_surprise, // no TPR shadow
	[REASON_APIC_ACCESS]           = exit_surprise, // no APIC-access page
	[REASON_VIRTUALIZED_EOI]       = exit_surprise, // no virtual interrupts
	[REASON_GDTR_IDTR]             = exit_unknown, // not asked for
	[REASON_LDTR_TR]               = exit_unknown, // not asked for
	[REASON_EPT_VIOLATION]         = exit_ept_violation,
	[REASON_EPT_MISCONFIGURATION]  = exit_ept_misconfiguration,
	[REASON_INVEPT]                = exit_undefined, // VMX is hidden
	[REASON_RDTSCP]                = exit_unknown, // RDTSC exiting is off
	[REASON_PREEMPTION_TIMER]      = exit_preemption_timer,
	[REASON_INVVPID]               = exit_undefined, // VMX is hidden
	[REASON_WBINVD]                = exit_unknown, // not asked for
	[REASON_XSETBV]                = exit_xsetbv,
	[REASON_APIC_WRITE]            = exit_surprise, // no APIC virtualization
	[REASON_RDRAND]                = exit_unknown, // not asked for
	[REASON_INVPCID]               = exit_unknown, // INVLPG exiting is off
	[REASON_VMFUNC]                = exit_undefined, // no VM function is on
	[REASON_ENCLS]                 = exit_unknown, // not asked for
	[REASON_RDSEED]                = exit_unknown, // not asked for
	[REASON_PML_FULL]              = exit_surprise, // no page-modification log
	[REASON_XSAVES]                = exit_unknown, // the XSS bitmap is 0
	[REASON_XRSTORS]               = exit_unknown, // the XSS bitmap is 0
	[REASON_PCONFIG]               = exit_undefined, // hidden
	[REASON_SPP]                   = exit_spp,
	[REASON_UMWAIT]                = exit_unknown, // RDTSC exiting is off
	[REASON_TPAUSE]                = exit_unknown, // RDTSC exiting is off
	[REASON_LOADIWKEY]             = exit_unknown, // not asked for
	[REASON_ENCLV]                 = exit_unknown, // not asked for
	[REASON_RESERVED_71]           = exit_unknown,
	[REASON_ENQCMD_PASID]          = exit_unknown, // no PASID translation
	[REASON_ENQCMDS_PASID]         = exit_unknown, // no PASID translation
	[REASON_BUS_LOCK]              = exit_surprise, // not asked for
	[REASON_INSTRUCTION_TIMEOUT]   = exit_surprise, // not asked for
	[REASON_SEAMCALL]              = exit_undefined, // no TDX for the guest
	[REASON_TDCALL]                = exit_undefined, // no TDX for the guest
	[REASON_RDMSRLIST]             = exit_undefined, // hidden
	[REASON_WRMSRLIST]             = exit_undefined, // hidden
};
// clang-format on

const work_handler work_table[WORK_COUNT] = {
	drill_now,        // WORK_DRILL
	freeze_wait,      // WORK_FREEZE
	run_on_execute,   // WORK_RUN_ON
	start_work,       // WORK_START
	step_resume,      // WORK_STEP
	nmi_deliver,      // WORK_INJECT
	agent_ring_feed,  // WORK_EVENTS
	devirtualize_now, // WORK_DEVIRTUALIZE
};
