// SPDX-License-Identifier: MIT
// CPUID: what the processor says, less what the guest cannot have, plus Tessera's own leaves. The
// hypervisor-present bit stays as hardware has it (0): operating systems change their locks, timers
// and idle loops when they see it, and ours is to go unnoticed. An agent looks for the signature.
#include "hv/string.h"
#include "hv/vm.h"
#include "tessera/hypercall.h"
#include "vmx/crs.h"
#include "vmx/exits.h"
#include "vmx/guest.h"
#include "vmx/ops.h"

struct filter {
	u32 leaf, subleaf;
	struct cpuid hide; // bits taken away
	u32 cr4_ecx;       // bits of ECX that mirror the guest's CR4, whose bit is cr4_bit
	u32 cr4_bit;
};

// clang-format off
static const struct filter filters[] = {
	{ .leaf = 0x1, .subleaf = ~0U,
	  .hide = { .ecx = BIT(2) | BIT(5) | BIT(6),  // DTES64, VMX, SMX
		    .edx = BIT(21) },                 // DS: debug store writes would miss the EPT
	  .cr4_ecx = BIT(27), .cr4_bit = CR4_OSXSAVE },
	{ .leaf = 0x6, .subleaf = ~0U,
	  .hide = { .eax = BIT(19) | BIT(23) } },     // hardware feedback: physical addresses
	{ .leaf = 0x7, .subleaf = 0,
	  .hide = { .ebx = BIT(25),                   // Intel PT: physical addresses
		    .edx = BIT(18) },                 // PCONFIG
	  .cr4_ecx = BIT(4), .cr4_bit = CR4_PKE },
	{ .leaf = 0x7, .subleaf = 1,
	  .hide = { .eax = BIT(27) } },               // MSRLIST
	{ .leaf = 0xd, .subleaf = 1,
	  .hide = { .ecx = BIT(8) } },                // Intel PT's state in XSAVES
	{ .leaf = 0x14, .subleaf = ~0U,
	  .hide = { ~0U, ~0U, ~0U, ~0U } },           // Intel PT
};
// clang-format on

static void answer(struct regs *regs, struct cpuid r)
{
	regs->gpr[RAX] = r.eax;
	regs->gpr[RBX] = r.ebx;
	regs->gpr[RCX] = r.ecx;
	regs->gpr[RDX] = r.edx;
}

static struct cpuid tessera_leaf(const struct vm *vm, u32 leaf)
{
	struct cpuid r = { .eax = TESSERA_CPUID_MAX };

	if (leaf == TESSERA_CPUID_FEATURES)
		return (struct cpuid){ .eax = TESSERA_ABI_VERSION, .ebx = vm_features(vm) };
	memcpy(&r.ebx, &TESSERA_SIGNATURE[0], 4);
	memcpy(&r.ecx, &TESSERA_SIGNATURE[4], 4);
	memcpy(&r.edx, &TESSERA_SIGNATURE[8], 4);
	return r;
}

static void apply(const struct filter *f, struct cpuid *r)
{
	r->eax &= ~f->hide.eax;
	r->ebx &= ~f->hide.ebx;
	r->ecx &= ~f->hide.ecx;
	r->edx &= ~f->hide.edx;
	if (!f->cr4_ecx)
		return;
	r->ecx &= ~f->cr4_ecx;
	if (vmread(GUEST_CR4) & f->cr4_bit)
		r->ecx |= f->cr4_ecx;
}

static struct cpuid filtered(u32 leaf, u32 subleaf)
{
	struct cpuid r = cpuid(leaf, subleaf);

	if (leaf > 0x14) // the highest leaf that the table knows
		return r;
	for (u32 i = 0; i < ARRAY_SIZE(filters); i++)
		if (filters[i].leaf == leaf &&
		    (filters[i].subleaf == ~0U || filters[i].subleaf == subleaf))
			apply(&filters[i], &r);
	return r;
}

void exit_cpuid(struct cpu *c, struct regs *regs)
{
	u32 leaf = regs->gpr[RAX];

	if (leaf - TESSERA_CPUID_BASE <= TESSERA_CPUID_MAX - TESSERA_CPUID_BASE)
		answer(regs, tessera_leaf(c->vm, leaf));
	else
		answer(regs, filtered(leaf, regs->gpr[RCX]));
	guest_advance(c);
}
