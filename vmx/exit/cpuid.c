// SPDX-License-Identifier: MIT
// CPUID: the CPU's values without the features that the guest cannot have, and Tessera's leaves.
// The hypervisor-present bit stays as hardware has it (0): operating systems change their locks,
// timers and idle loops when they see it, but should run as on bare metal. An agent looks for the
// signature.
#include "vmx/exit/cpuid.h"

#include "hv/core/vm.h"
#include "hv/x86/cpuid.h"
#include "hv/x86/control_regs.h"
#include "tessera/hypercall.h"
#include "vmx/exit/cpuid_known.h"
#include "vmx/exit/handlers.h"
#include "vmx/vmcs/guest.h"

// A bit that shows the guest's CR4, where the CPU shows that of root mode.
static void mirror_cr4(u64 *value, u64 bit, u64 cr4_bit)
{
	*value = vmread(GUEST_CR4) & cr4_bit ? *value | bit : *value & ~bit;
}

static u32 signature_word(u32 word)
{
	const char *c = &TESSERA_SIGNATURE[4 * word];

	return c[0] | c[1] << 8 | c[2] << 16 | (u32)c[3] << 24;
}

static bool is_own(u32 leaf)
{
	return leaf - TESSERA_CPUID_BASE <= TESSERA_CPUID_MAX - TESSERA_CPUID_BASE;
}

static void own_leaf(const struct vm *vm, u32 leaf, u64 *r)
{
	if (leaf == TESSERA_CPUID_BASE) {
		r[RAX] = TESSERA_CPUID_MAX;
		r[RBX] = signature_word(0);
		r[RCX] = signature_word(1);
		r[RDX] = signature_word(2);
	} else {
		r[RAX] = TESSERA_ABI_VERSION;
		r[RBX] = vm_features(vm);
		r[RCX] = r[RDX] = 0;
	}
}

// CPUID clears the upper halves of all four registers.
static inline void read_cpuid(u32 leaf, u32 subleaf, u64 *r)
{
	__asm__ volatile("cpuid"
			 : "=a"(r[RAX]), "=b"(r[RBX]), "=c"(r[RCX]), "=d"(r[RDX])
			 : "a"(leaf), "c"(subleaf));
}

// Leaves up to this one are those of every CPU with EPT.
#define ALWAYS_THERE 0xb

void cpuid_of_guest(const struct vm *vm, u32 leaf, u32 subleaf, u64 *r)
{
	if (is_own(leaf)) {
		own_leaf(vm, leaf, r);
		return;
	}
	if (leaf > ALWAYS_THERE)
		leaf = cpuid_leaf_that_answers(leaf, cpuid(0, 0).eax);
	read_cpuid(leaf, subleaf, r);
	cpuid_keep_known(leaf, subleaf, r);
	if (leaf == 1) {
		mirror_cr4(&r[RCX], BIT(27), CR4_OSXSAVE);
		r[RDX] &= ~((u64)cpu_this()->apic_is_off << 9);
	} else if (leaf == 7 && !subleaf) {
		mirror_cr4(&r[RCX], BIT(4), CR4_PKE);
	} else if (leaf == 0x19) {
		mirror_cr4(&r[RBX], BIT(0), CR4_KL);
	}
}

// Caches, TLBs and topology: each CPU has these leaves, and they are shown as they are.
#define PLAIN (BIT(2) | BIT(4) | BIT(0xb))

void exit_cpuid(struct cpu *c, struct regs *regs)
{
	u64 *r = regs->gpr;
	u32 leaf = r[RAX], subleaf = r[RCX];

	if (__builtin_expect(leaf < 32 && PLAIN >> leaf & 1, 1))
		read_cpuid(leaf, subleaf, r);
	else
		cpuid_of_guest(c->vm, leaf, subleaf, r);
	guest_advance(c);
}
