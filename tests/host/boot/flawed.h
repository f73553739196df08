// SPDX-License-Identifier: MIT
// A CPU that has every capability but the bits that a test takes away, as CPUID and the MSRs give
// it. For the tests of the loader, of the hypervisor and of tesseractl alike.
#ifndef TESTS_HOST_BOOT_FLAWED_H
#define TESTS_HOST_BOOT_FLAWED_H

#include "hv/x86/cpuid.h"
#include "vmx/vmcs/requirements.h"

static u32 flawed_word[VMX_WORD_COUNT];
static u64 flawed_misc_enable;

// Everything is there but `bits` of `word`.
static inline void flawed_set(enum vmx_word word, u32 bits)
{
	for (u32 i = 0; i < VMX_WORD_COUNT; i++)
		flawed_word[i] = UINT32_MAX;
	flawed_word[word] &= ~bits;
}

static inline struct cpuid flawed_cpuid(u32 leaf)
{
	return leaf == CPUID_FEATURES   ? (struct cpuid){ .ecx = flawed_word[VMX_WORD_FEATURES] }
	       : leaf == CPUID_EXTENDED ? (struct cpuid){ .eax = 0x80000008U }
	       : leaf == CPUID_EXTENDED_FEATURES
		       ? (struct cpuid){ .edx = flawed_word[VMX_WORD_EXTENDED] }
		       : (struct cpuid){ 0 };
}

static inline bool flawed_msr(u32 cpu, u32 msr, u64 *value)
{
	static const struct {
		u32 msr;
		enum vmx_word low, high; // VMX_WORD_COUNT: 0
	} msrs[] = {
		{ IA32_FEATURE_CONTROL, VMX_WORD_LOCK, VMX_WORD_COUNT },
		{ IA32_VMX_PINBASED_CTLS, VMX_WORD_COUNT, VMX_WORD_PIN },
		{ IA32_VMX_PROCBASED_CTLS, VMX_WORD_COUNT, VMX_WORD_PRIMARY },
		{ IA32_VMX_PROCBASED_CTLS2, VMX_WORD_COUNT, VMX_WORD_SECONDARY },
		{ IA32_VMX_EXIT_CTLS, VMX_WORD_COUNT, VMX_WORD_EXIT },
		{ IA32_VMX_ENTRY_CTLS, VMX_WORD_COUNT, VMX_WORD_ENTRY },
		{ IA32_VMX_EPT_VPID_CAP, VMX_WORD_EPT, VMX_WORD_VPID },
	};

	(void)cpu;
	*value = msr == IA32_MISC_ENABLE ? flawed_misc_enable : 0;
	for (u32 i = 0; i < ARRAY_SIZE(msrs); i++) {
		if (msrs[i].msr != msr)
			continue;
		if (msrs[i].low != VMX_WORD_COUNT)
			*value |= flawed_word[msrs[i].low];
		if (msrs[i].high != VMX_WORD_COUNT)
			*value |= (u64)flawed_word[msrs[i].high] << 32;
	}
	return true;
}

#endif
