// SPDX-License-Identifier: MIT
#include "boot/cpu/probe.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "vmx/vmcs/controls.h"

#define CPUID_1_ECX_VMX    BIT(5)
#define CPUID_TOPOLOGY     0xb
#define CPUID_BRAND        0x80000002U
#define CPUID_BRAND_LEAVES 3

static void learn(struct facts *facts, enum fact fact, u64 word)
{
	facts->word[fact] = word;
	facts->known |= BIT(fact);
}

// The upper half of a control's capability MSR: the bits that may be 1. The older MSRs are right
// for that half even where the newer "true" ones exist. Manual: "Algorithms for Determining VMX
// Capabilities".
static u64 may_be_set(u32 msr)
{
	return rdmsr(msr) >> 32;
}

static u64 vmx_allowed(void)
{
	u64 value = rdmsr(IA32_FEATURE_CONTROL);

	return value & FEATURE_CONTROL_LOCKED ? value : FEATURE_CONTROL_VMX;
}

// The 32-bit ID where the processor has it; the 8-bit one repeats beyond 255 processors.
static u32 apic_id(void)
{
	if (cpuid(0, 0).eax >= CPUID_TOPOLOGY && cpuid(CPUID_TOPOLOGY, 0).ebx)
		return cpuid(CPUID_TOPOLOGY, 0).edx;
	return cpuid(1, 0).ebx >> 24;
}

void probe_this_cpu(struct facts *facts)
{
	*facts = (struct facts){ .apic_id = apic_id() };
	learn(facts, FACT_FEATURES, cpuid(1, 0).ecx);
	if (!(facts->word[FACT_FEATURES] & CPUID_1_ECX_VMX))
		return;
	learn(facts, FACT_LOCK, vmx_allowed());
	learn(facts, FACT_PIN, may_be_set(IA32_VMX_PINBASED_CTLS));
	learn(facts, FACT_PRIMARY, may_be_set(IA32_VMX_PROCBASED_CTLS));
	if (!(facts->word[FACT_PRIMARY] & PRIMARY_SECONDARY))
		return;
	learn(facts, FACT_SECONDARY, may_be_set(IA32_VMX_PROCBASED_CTLS2));
	if (facts->word[FACT_SECONDARY] & SECONDARY_EPT)
		learn(facts, FACT_EPT, rdmsr(IA32_VMX_EPT_VPID_CAP));
}

void probe_unlock_vmx(void)
{
	u64 value = rdmsr(IA32_FEATURE_CONTROL);

	if (!(value & FEATURE_CONTROL_LOCKED))
		wrmsr(IA32_FEATURE_CONTROL, value | FEATURE_CONTROL_LOCKED | FEATURE_CONTROL_VMX);
}

bool probe_tessera(void)
{
	// Without us the answer is that of another leaf: the hypervisor bit stays as hardware has
	// it.
	struct cpuid r = cpuid(TESSERA_CPUID_BASE, 0);

	return memcmp(&r.ebx, TESSERA_SIGNATURE, sizeof(TESSERA_SIGNATURE) - 1) == 0;
}

u32 probe_signature(char *brand)
{
	*brand = 0;
	if (cpuid(0x80000000U, 0).eax >= CPUID_BRAND + CPUID_BRAND_LEAVES - 1) {
		for (u32 i = 0; i < CPUID_BRAND_LEAVES; i++) {
			struct cpuid r = cpuid(CPUID_BRAND + i, 0);

			memcpy(brand + i * sizeof(r), &r, sizeof(r));
		}
		brand[CPUID_BRAND_LEAVES * sizeof(struct cpuid)] = 0;
	}
	return cpuid(1, 0).eax;
}
