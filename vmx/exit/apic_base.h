// SPDX-License-Identifier: MIT
// The guest's IA32_APIC_BASE: the modes of its local APIC. Manual: "x2APIC State Transitions",
// "Enabling or Disabling the Local APIC".
//
//	disabled ----> xAPIC ----> x2APIC
//	   ^             |            |
//	   +-------------+------------+
//
// A disabled APIC would take no NMI, and the CPU would keep old translations after a shootdown.
// Where the guest has disabled its APIC, the real one therefore stays enabled, in the mode in which
// it was. It passes the pins on and takes no interrupts but NMI, SMI and INIT, as a CPU without
// APIC does. The guest reads a disabled APIC in the MSR and in CPUID. Its registers still answer.
#ifndef VMX_EXIT_APIC_BASE_H
#define VMX_EXIT_APIC_BASE_H

#include "hv/core/cpu.h"
#include "hv/x86/msr.h"

// Whether the guest may write `to` where the MSR holds `from`, by the modes in both.
static inline bool apic_mode_may_change(u64 from, u64 to)
{
	enum { DISABLED, INVALID, XAPIC, X2APIC }; // ENABLE and X2APIC of the MSR
	static const u8 next[] = {
		[DISABLED] = BIT(DISABLED) | BIT(XAPIC),
		[INVALID] = 0,
		[XAPIC] = BIT(DISABLED) | BIT(XAPIC) | BIT(X2APIC),
		[X2APIC] = BIT(DISABLED) | BIT(X2APIC),
	};

	return next[(from & APIC_BASE_MODE) / APIC_BASE_X2APIC] &
	       BIT((to & APIC_BASE_MODE) / APIC_BASE_X2APIC);
}

// The guest's RDMSR and WRMSR on CPU `c`, which is the one that runs. False injects #GP.
bool apic_base_read(struct cpu *c, u32 msr, u64 *value);
bool apic_base_write(struct cpu *c, u32 msr, u64 value);

// Gives the APIC the mode that the guest sees. The CPU is being devirtualized and needs no NMI.
void apic_base_devirtualize(const struct cpu *c);

#endif
