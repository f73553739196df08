// SPDX-License-Identifier: MIT
#include "vmx/exit/apic_base.h"

#include "hv/core/panic.h"
#include "hv/core/shootdown.h"
#include "hv/x86/apic.h"

static u64 guest_view(const struct cpu *c, u64 real)
{
	return c->apic_is_off ? real & ~APIC_BASE_MODE : real;
}

// Manual: "IA32_XAPIC_DISABLE_STATUS". Firmware can bind the APIC to x2APIC mode.
static bool stays_x2apic(u64 now)
{
	u64 status;

	return (now & APIC_BASE_X2APIC) && rdmsr_safe(IA32_XAPIC_DISABLE_STATUS, &status) &&
	       (status & XAPIC_IS_DISABLED);
}

// The real APIC may be in x2APIC mode still. Its way to xAPIC mode leads by the disabled state, in
// which a kick would be lost.
static void switch_on(struct cpu *c, u64 value)
{
	if (apic_is_x2apic()) {
		cpu_hold_kicks(c, true);
		wrmsr(IA32_APIC_BASE, value & ~APIC_BASE_MODE);
		wrmsr(IA32_APIC_BASE, value);
		cpu_hold_kicks(c, false);
		// Emulators keep it disabled. Without NMIs a rule would come too late for this CPU.
		if (!(rdmsr(IA32_APIC_BASE) & APIC_BASE_ENABLE))
			cpu_park(c, "its APIC cannot be enabled again");
	}
	apic_reset();
	c->apic_is_off = false;
}

bool apic_base_read(struct cpu *c, u32 msr, u64 *value)
{
	*value = guest_view(c, rdmsr(msr));
	return true;
}

// The APIC's page must not move: over the hidden block it would intercept our own accesses. The
// bit that marks the bootstrap processor decides what an INIT does, and that CPU polls the console:
// it stays as it is.
bool apic_base_write(struct cpu *c, u32 msr, u64 value)
{
	u64 real = rdmsr(msr), now = guest_view(c, real);

	if (((value ^ now) & APIC_BASE_ADDR) || !apic_mode_may_change(now, value) ||
	    (!(value & APIC_BASE_X2APIC) && stays_x2apic(now)))
		return false;
	value = (value & ~APIC_BASE_BSP) | (now & APIC_BASE_BSP);
	// This is the whole change, unless the APIC is or becomes disabled: then it only makes
	// reserved bits fault.
	if (!wrmsr_safe(msr, value | (real & APIC_BASE_MODE)))
		return false;
	if (!(value & APIC_BASE_ENABLE)) {
		c->apic_is_off = true;
		apic_pass_pins();
	} else if (c->apic_is_off) {
		switch_on(c, value);
	}
	return true;
}

void apic_base_devirtualize(const struct cpu *c)
{
	if (c->apic_is_off)
		wrmsr(IA32_APIC_BASE, rdmsr(IA32_APIC_BASE) & ~APIC_BASE_MODE);
}
