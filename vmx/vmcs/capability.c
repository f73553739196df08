// SPDX-License-Identifier: MIT
#include "vmx/vmcs/capability.h"

#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "vmx/vmcs/controls.h"

#define CPUID_1_ECX_VMX      BIT(5)
#define CPUID_7_ECX_TME      BIT(13)
#define TME_KEY_BITS_SHIFT   32
#define TME_KEY_BITS         0xf
#define BASIC_TRUE_CONTROLS  BIT(55)
#define TRUE_CONTROLS_OFFSET (IA32_VMX_TRUE_PINBASED_CTLS - IA32_VMX_PINBASED_CTLS)

u32 vmx_address_bits(void)
{
	u32 bits = cpuid(0x80000008, 0).eax & 0xff;
	u64 tme;

	if ((cpuid(7, 0).ecx & CPUID_7_ECX_TME) && rdmsr_safe(IA32_TME_ACTIVATE, &tme))
		bits -= tme >> TME_KEY_BITS_SHIFT & TME_KEY_BITS;
	return bits;
}

static bool unlock(void)
{
	u64 control = rdmsr(IA32_FEATURE_CONTROL);

	if (!(control & FEATURE_CONTROL_LOCKED)) {
		control |= FEATURE_CONTROL_LOCKED | FEATURE_CONTROL_VMX;
		wrmsr(IA32_FEATURE_CONTROL, control);
	}
	return control & FEATURE_CONTROL_VMX;
}

static bool has(u64 capability, u32 required)
{
	return ((capability >> 32) & required) == required;
}

static bool has_ept(u64 cap)
{
	u64 required = EPT_CAP_4_LEVEL | EPT_CAP_WB | EPT_CAP_INVEPT | EPT_CAP_INVEPT_SINGLE |
		       EPT_CAP_INVVPID | EPT_CAP_INVVPID_CONTEXT;

	return (cap & required) == required;
}

s32 vmx_capability_read(struct vmx_capability *c)
{
	memset(c, 0, sizeof(*c));
	if (!(cpuid(1, 0).ecx & CPUID_1_ECX_VMX))
		return BOOT_NO_VMX;
	if (!unlock())
		return BOOT_LOCKED_OFF;

	c->basic = rdmsr(IA32_VMX_BASIC);

	// The TRUE capability MSRs tell which default-1 controls may be 0, CR3 exiting among them.
	u32 offset = c->basic & BASIC_TRUE_CONTROLS ? TRUE_CONTROLS_OFFSET : 0;

	c->pin = rdmsr(IA32_VMX_PINBASED_CTLS + offset);
	c->primary = rdmsr(IA32_VMX_PROCBASED_CTLS + offset);
	c->exit = rdmsr(IA32_VMX_EXIT_CTLS + offset);
	c->entry = rdmsr(IA32_VMX_ENTRY_CTLS + offset);
	c->misc = rdmsr(IA32_VMX_MISC);
	c->cr0_fixed0 = rdmsr(IA32_VMX_CR0_FIXED0);
	c->cr0_fixed1 = rdmsr(IA32_VMX_CR0_FIXED1);
	c->cr4_fixed0 = rdmsr(IA32_VMX_CR4_FIXED0);
	c->cr4_fixed1 = rdmsr(IA32_VMX_CR4_FIXED1);
	if (!has(c->primary, PRIMARY_SECONDARY))
		return BOOT_NO_EPT;
	c->secondary = rdmsr(IA32_VMX_PROCBASED_CTLS2);
	if (!has(c->secondary, SECONDARY_EPT))
		return BOOT_NO_EPT;
	c->ept_vpid = rdmsr(IA32_VMX_EPT_VPID_CAP);
	if (!has_ept(c->ept_vpid))
		return BOOT_NO_EPT;
	if (!has(c->pin, PIN_REQUIRED) || !has(c->primary, PRIMARY_REQUIRED) ||
	    !has(c->secondary, SECONDARY_REQUIRED) || !has(c->exit, EXIT_REQUIRED) ||
	    !has(c->entry, ENTRY_REQUIRED))
		return BOOT_NO_CONTROL;
	c->addr_bits = vmx_address_bits();
	return BOOT_OK;
}

u32 vmx_control(u64 capability, u32 required, u32 optional)
{
	u32 must = capability, may = capability >> 32;

	return must | ((required | optional) & may);
}
