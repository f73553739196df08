// SPDX-License-Identifier: MIT
// The CPUID instruction, and the leaves and bits of it that more than one room uses. Manual: "CPUID
// - CPU Identification".
#ifndef HV_X86_CPUID_H
#define HV_X86_CPUID_H

#include "hv/lib/types.h"

#define CPUID_FEATURES          1U
#define CPUID_1_ECX_VMX         BIT(5)
#define CPUID_1_ECX_RDRAND      BIT(30)

#define CPUID_EXTENDED          0x80000000U // EAX: the highest extended leaf
#define CPUID_EXTENDED_FEATURES 0x80000001U
#define CPUID_EXT_EDX_NX        BIT(20)

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

#endif
