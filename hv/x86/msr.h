// SPDX-License-Identifier: MIT
// Model-specific registers by the manual's names, and the accesses that survive a fault.
#ifndef HV_X86_MSR_H
#define HV_X86_MSR_H

#include "hv/lib/types.h"
#include "hv/x86/fixup.h"

enum msr {
	KVM_WALL_CLOCK = 0x11, // of the P5, and of KVM's first clock; elsewhere #GP
	KVM_SYSTEM_TIME = 0x12,
	IA32_APIC_BASE = 0x1b,
	IA32_USER_MSR_CTL = 0x1c,
	IA32_FEATURE_CONTROL = 0x3a,
	IA32_BIOS_UPDT_TRIG = 0x79,
	IA32_SMM_MONITOR_CTL = 0x9b,
	IA32_XAPIC_DISABLE_STATUS = 0xbd,
	IA32_MTRRCAP = 0xfe,
	IA32_SYSENTER_CS = 0x174,
	IA32_SYSENTER_ESP = 0x175,
	IA32_SYSENTER_EIP = 0x176,
	IA32_MISC_ENABLE = 0x1a0,
	IA32_FRED_RSP0 = 0x1cc,
	IA32_FRED_CONFIG = 0x1d4,
	IA32_DEBUGCTL = 0x1d9,
	IA32_MTRR_PHYSBASE0 = 0x200,
	IA32_MTRR_FIX64K_00000 = 0x250,
	IA32_MTRR_FIX16K_80000 = 0x258,
	IA32_MTRR_FIX16K_A0000 = 0x259,
	IA32_MTRR_FIX4K_C0000 = 0x268,
	IA32_MTRR_FIX4K_F8000 = 0x26f,
	IA32_PAT = 0x277,
	IA32_MTRR_DEF_TYPE = 0x2ff,
	IA32_PERF_CAPABILITIES = 0x345,
	IA32_PEBS_ENABLE = 0x3f1,
	IA32_PEBS_BASE = 0x3f4,
	IA32_PEBS_INDEX = 0x3f5,
	IA32_VMX_BASIC = 0x480,
	IA32_VMX_PINBASED_CTLS = 0x481,
	IA32_VMX_PROCBASED_CTLS = 0x482,
	IA32_VMX_EXIT_CTLS = 0x483,
	IA32_VMX_ENTRY_CTLS = 0x484,
	IA32_VMX_MISC = 0x485,
	IA32_VMX_CR0_FIXED0 = 0x486,
	IA32_VMX_CR0_FIXED1 = 0x487,
	IA32_VMX_CR4_FIXED0 = 0x488,
	IA32_VMX_CR4_FIXED1 = 0x489,
	IA32_VMX_PROCBASED_CTLS2 = 0x48b,
	IA32_VMX_EPT_VPID_CAP = 0x48c,
	IA32_VMX_TRUE_PINBASED_CTLS = 0x48d,
	IA32_VMX_VMFUNC = 0x491,
	IA32_VMX_PROCBASED_CTLS3 = 0x492,
	IA32_VMX_EXIT_CTLS2 = 0x493,
	IA32_VMX_LAST = IA32_VMX_EXIT_CTLS2,
	IA32_RTIT_OUTPUT_BASE = 0x560,
	IA32_RTIT_CTL = 0x570,
	IA32_RTIT_LAST = 0x57f,
	IA32_DS_AREA = 0x600,
	IA32_S_CET = 0x6a2,
	IA32_SSP_TABLE = 0x6a8,
	IA32_X2APIC_FIRST = 0x800,
	IA32_X2APIC_APICID = 0x802,
	IA32_X2APIC_ICR = 0x830,
	IA32_TME_ACTIVATE = 0x982,
	IA32_XSS = 0xda0,
	IA32_HW_FEEDBACK_PTR = 0x17d0,
	IA32_HW_FEEDBACK_LAST = 0x17d4, // of those of Intel Thread Director
	IA32_PMC_GP0_CFG_C = 0x1903,    // every fourth one up to ...
	IA32_PMC_LAST = 0x19ff,
	IA32_EFER = 0xc0000080,
	IA32_FS_BASE = 0xc0000100,
	IA32_GS_BASE = 0xc0000101,
};

// Bits of IA32_APIC_BASE.
#define APIC_BASE_BSP          BIT(8) // this is the bootstrap processor
#define APIC_BASE_X2APIC       BIT(10)
#define APIC_BASE_ENABLE       BIT(11)
#define APIC_BASE_MODE         (APIC_BASE_X2APIC | APIC_BASE_ENABLE)
#define APIC_BASE_ADDR         0xfffffffffffff000ULL

#define XAPIC_IS_DISABLED      BIT(0) // of IA32_XAPIC_DISABLE_STATUS

#define FEATURE_CONTROL_LOCKED BIT(0)
#define FEATURE_CONTROL_VMX    BIT(2) // outside SMX

#define MISC_ENABLE_NO_BTS     BIT(11)
#define MISC_ENABLE_NO_PEBS    BIT(12)
#define MISC_ENABLE_FEW_LEAVES BIT(22) // CPUID ends at leaf 2, or 3
#define MISC_ENABLE_NX_OFF     BIT(34) // "XD Bit Disable": CPUID hides NX, EFER.NXE is reserved

static inline u64 rdmsr(u32 msr)
{
	u32 low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (u64)high << 32 | low;
}

static inline void wrmsr(u32 msr, u64 value)
{
	__asm__ volatile("wrmsr" ::"c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

// Return false if the CPU raises #GP for the MSR or the value.
static inline bool rdmsr_safe(u32 msr, u64 *value)
{
	u32 low = 0, high = 0;
	bool ok = false;

	__asm__ volatile("1: rdmsr\n"
			 "movb $1, %[ok]\n"
			 "2:" FIXUP(1b, 2b)
			 : "+a"(low), "+d"(high), [ok] "+r"(ok)
			 : "c"(msr));
	if (ok)
		*value = (u64)high << 32 | low;
	return ok;
}

static inline bool wrmsr_safe(u32 msr, u64 value)
{
	bool ok = false;

	__asm__ volatile("1: wrmsr\n"
			 "movb $1, %[ok]\n"
			 "2:" FIXUP(1b, 2b)
			 : [ok] "+r"(ok)
			 : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
			 : "memory");
	return ok;
}

#endif
