// SPDX-License-Identifier: MIT
// Every VM-exit reason that the manual defines: "VMX Basic Exit Reasons". The table of handlers is
// in hv/entry/tables.c.
#ifndef HV_X86_EXIT_REASON_H
#define HV_X86_EXIT_REASON_H

// clang-format off
#define EXIT_REASONS(X) \
	X(EXCEPTION_OR_NMI, 0) \
	X(EXTERNAL_INTERRUPT, 1) \
	X(TRIPLE_FAULT, 2) \
	X(INIT, 3) \
	X(SIPI, 4) \
	X(IO_SMI, 5) \
	X(OTHER_SMI, 6) \
	X(INTERRUPT_WINDOW, 7) \
	X(NMI_WINDOW, 8) \
	X(TASK_SWITCH, 9) \
	X(CPUID, 10) \
	X(GETSEC, 11) \
	X(HLT, 12) \
	X(INVD, 13) \
	X(INVLPG, 14) \
	X(RDPMC, 15) \
	X(RDTSC, 16) \
	X(RSM, 17) \
	X(VMCALL, 18) \
	X(VMCLEAR, 19) \
	X(VMLAUNCH, 20) \
	X(VMPTRLD, 21) \
	X(VMPTRST, 22) \
	X(VMREAD, 23) \
	X(VMRESUME, 24) \
	X(VMWRITE, 25) \
	X(VMXOFF, 26) \
	X(VMXON, 27) \
	X(CR_ACCESS, 28) \
	X(MOV_DR, 29) \
	X(IO, 30) \
	X(RDMSR, 31) \
	X(WRMSR, 32) \
	X(ENTRY_GUEST_STATE, 33) \
	X(ENTRY_MSR_LOAD, 34) \
	X(RESERVED_35, 35) \
	X(MWAIT, 36) \
	X(MONITOR_TRAP, 37) \
	X(RESERVED_38, 38) \
	X(MONITOR, 39) \
	X(PAUSE, 40) \
	X(ENTRY_MACHINE_CHECK, 41) \
	X(RESERVED_42, 42) \
	X(TPR_BELOW_THRESHOLD, 43) \
	X(APIC_ACCESS, 44) \
	X(VIRTUALIZED_EOI, 45) \
	X(GDTR_IDTR, 46) \
	X(LDTR_TR, 47) \
	X(EPT_VIOLATION, 48) \
	X(EPT_MISCONFIGURATION, 49) \
	X(INVEPT, 50) \
	X(RDTSCP, 51) \
	X(PREEMPTION_TIMER, 52) \
	X(INVVPID, 53) \
	X(WBINVD, 54) \
	X(XSETBV, 55) \
	X(APIC_WRITE, 56) \
	X(RDRAND, 57) \
	X(INVPCID, 58) \
	X(VMFUNC, 59) \
	X(ENCLS, 60) \
	X(RDSEED, 61) \
	X(PML_FULL, 62) \
	X(XSAVES, 63) \
	X(XRSTORS, 64) \
	X(PCONFIG, 65) \
	X(SPP, 66) \
	X(UMWAIT, 67) \
	X(TPAUSE, 68) \
	X(LOADIWKEY, 69) \
	X(ENCLV, 70) \
	X(RESERVED_71, 71) \
	X(ENQCMD_PASID, 72) \
	X(ENQCMDS_PASID, 73) \
	X(BUS_LOCK, 74) \
	X(INSTRUCTION_TIMEOUT, 75) \
	X(SEAMCALL, 76) \
	X(TDCALL, 77) \
	X(RDMSRLIST, 78) \
	X(WRMSRLIST, 79)
// clang-format on

#define REASON_ENUM(name, number) REASON_##name = number,
enum exit_reason { EXIT_REASONS(REASON_ENUM) REASON_COUNT };

#define REASON_MASK          0xffffU
#define REASON_ENTRY_FAILURE (1U << 31)

// "CPUID", "EPT_VIOLATION"...; "?" beyond the table.
const char *exit_reason_name(unsigned reason);

#endif
