// SPDX-License-Identifier: MIT
#include "vmx/vmcs/capability.h"

#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "vmx/vmcs/requirements.h"

#define CPUID_7_ECX_TME      BIT(13)
#define TME_KEY_BITS_SHIFT   32
#define TME_KEY_BITS         0xf
#define TRUE_CONTROLS_OFFSET (IA32_VMX_TRUE_PINBASED_CTLS - IA32_VMX_PINBASED_CTLS)

u32 vmx_address_bits(void)
{
	u32 bits = cpuid(0x80000008, 0).eax & 0xff;
	u64 tme;

	if ((cpuid(7, 0).ecx & CPUID_7_ECX_TME) && rdmsr_safe(IA32_TME_ACTIVATE, &tme))
		bits -= tme >> TME_KEY_BITS_SHIFT & TME_KEY_BITS;
	return bits;
}

// One row of the table of requirements, without its texts.
struct requirement_bits {
	u32 bits;
	u8 word;
	u8 needed;
};

#define REQUIREMENT_ROW(id, word, bits, needed, name, remedy) \
	{ (u32)(bits), VMX_WORD_##word, needed },

static const struct requirement_bits requirement_bits[] = { VMX_REQUIREMENTS(REQUIREMENT_ROW) };

// A word that the CPU does not have is 0, so the first row that fails is the cause.
static s32 check_words(const u32 *word, u32 engine)
{
	for (u32 id = 0; id < ARRAY_SIZE(requirement_bits); id++) {
		const struct requirement_bits *r = &requirement_bits[id];

		if ((word[r->word] & r->bits) != r->bits && r->needed & BIT(engine))
			return BOOT_LACKS(id);
	}
	return BOOT_OK;
}

static void read_vmx(struct vmx_capability *c, u32 *word)
{
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
	if (c->primary >> 32 & PRIMARY_SECONDARY)
		c->secondary = rdmsr(IA32_VMX_PROCBASED_CTLS2);
	if (c->secondary >> 32 & SECONDARY_EPT)
		c->ept_vpid = rdmsr(IA32_VMX_EPT_VPID_CAP);
	word[VMX_WORD_LOCK] = (u32)rdmsr(IA32_FEATURE_CONTROL);
	word[VMX_WORD_PIN] = c->pin >> 32;
	word[VMX_WORD_PRIMARY] = c->primary >> 32;
	word[VMX_WORD_SECONDARY] = c->secondary >> 32;
	word[VMX_WORD_EXIT] = c->exit >> 32;
	word[VMX_WORD_ENTRY] = c->entry >> 32;
	word[VMX_WORD_EPT] = (u32)c->ept_vpid;
	word[VMX_WORD_VPID] = c->ept_vpid >> 32;
}

s32 vmx_capability_read(struct vmx_capability *c, u32 engine)
{
	u32 word[VMX_WORD_COUNT] = { 0 };

	memset(c, 0, sizeof(*c));
	word[VMX_WORD_FEATURES] = cpuid(CPUID_FEATURES, 0).ecx;
	word[VMX_WORD_EXTENDED] = cpuid(CPUID_EXTENDED_FEATURES, 0).edx;
	if (word[VMX_WORD_FEATURES] & CPUID_1_ECX_VMX)
		read_vmx(c, word);
	c->addr_bits = vmx_address_bits();
	return check_words(word, engine);
}

u32 vmx_control(u64 capability, u32 required, u32 optional)
{
	u32 must = capability, may = capability >> 32;

	return must | ((required | optional) & may);
}
