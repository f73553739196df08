// SPDX-License-Identifier: MIT
#include "boot/cpu/probe.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"

#define CPUID_TOPOLOGY     0xb
#define CPUID_BRAND        0x80000002U
#define CPUID_BRAND_LEAVES 3

// The 32-bit ID if the CPU has it; the 8-bit one is not unique with more than 255 CPUs.
static u32 read_apic_id(void)
{
	if (cpuid(0, 0).eax >= CPUID_TOPOLOGY && cpuid(CPUID_TOPOLOGY, 0).ebx)
		return cpuid(CPUID_TOPOLOGY, 0).edx;
	return cpuid(1, 0).ebx >> 24;
}

static struct cpuid read_cpuid(u32 leaf)
{
	return cpuid(leaf, 0);
}

static bool read_msr(u32 cpu, u32 msr, u64 *value)
{
	(void)cpu;
	*value = rdmsr(msr);
	return true;
}

void probe_this_cpu(struct facts *facts)
{
	static const struct cpu_reader reader = { read_cpuid, read_msr };

	facts->apic_id = read_apic_id();
	check_collect(facts, 0, &reader);
}

void probe_unlock_vmx(void)
{
	u64 value = rdmsr(IA32_FEATURE_CONTROL);

	if (!(value & FEATURE_CONTROL_LOCKED))
		wrmsr(IA32_FEATURE_CONTROL, value | FEATURE_CONTROL_LOCKED | FEATURE_CONTROL_VMX);
}

bool probe_has_nx(void)
{
	return cpuid(CPUID_EXTENDED_FEATURES, 0).edx & CPUID_EXT_EDX_NX;
}

bool probe_enable_nx(void)
{
	u64 value;

	if (probe_has_nx())
		return false;
	value = rdmsr(IA32_MISC_ENABLE);
	wrmsr(IA32_MISC_ENABLE, value & ~MISC_ENABLE_NX_OFF);
	return value & MISC_ENABLE_NX_OFF;
}

void probe_restore_nx(void)
{
	wrmsr(IA32_MISC_ENABLE, rdmsr(IA32_MISC_ENABLE) | MISC_ENABLE_NX_OFF);
}

bool probe_tessera(void)
{
	// Without Tessera the CPU returns another leaf. The hypervisor bit cannot be used: it stays
	// as hardware has it.
	struct cpuid r = cpuid(TESSERA_CPUID_BASE, 0);

	return memcmp(&r.ebx, TESSERA_SIGNATURE, sizeof(TESSERA_SIGNATURE) - 1) == 0;
}

u32 probe_signature(char *brand)
{
	*brand = 0;
	if (cpuid(CPUID_EXTENDED, 0).eax >= CPUID_BRAND + CPUID_BRAND_LEAVES - 1) {
		for (u32 i = 0; i < CPUID_BRAND_LEAVES; i++) {
			struct cpuid r = cpuid(CPUID_BRAND + i, 0);

			memcpy(brand + i * sizeof(r), &r, sizeof(r));
		}
		brand[CPUID_BRAND_LEAVES * sizeof(struct cpuid)] = 0;
	}
	return cpuid(1, 0).eax;
}
