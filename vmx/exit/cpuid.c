// SPDX-License-Identifier: MIT
// CPUID: the CPU's values without the features that the guest cannot have, and Tessera's leaves.
// The hypervisor-present bit stays as hardware has it (0): operating systems change their locks,
// timers and idle loops when they see it, but should run as on bare metal. An agent looks for the
// signature.
#include "vmx/exit/cpuid.h"

#include "hv/core/vm.h"
#include "hv/x86/insn.h"
#include "tessera/hypercall.h"
#include "vmx/exit/cr.h"
#include "vmx/exit/handlers.h"
#include "vmx/vmcs/guest.h"

// Bits of ECX that mirror the guest's CR4, not that of root mode.
static u64 mirror_cr4(u64 ecx, u64 bits, u64 cr4_bit)
{
	return vmread(GUEST_CR4) & cr4_bit ? ecx | bits : ecx & ~bits;
}

// Clears the features that the guest cannot have in the CPU's values `r`.
static inline __attribute__((always_inline)) void edit(u32 leaf, u32 subleaf, u64 *r)
{
	switch (leaf) {
	case 0x1:
		r[RCX] &= ~(BIT(2) | BIT(5) | BIT(6)); // DTES64, VMX, SMX
		r[RDX] &= ~BIT(21);                    // DS: its stores would miss the EPT
		r[RCX] = mirror_cr4(r[RCX], BIT(27), CR4_OSXSAVE);
		break;
	case 0x6:
		r[RAX] &= ~(BIT(19) | BIT(23)); // hardware feedback: writes by physical address
		break;
	case 0x7:
		if (subleaf == 0) {
			r[RBX] &= ~BIT(25); // Intel PT: writes by physical address
			r[RDX] &= ~BIT(18); // PCONFIG
			r[RCX] = mirror_cr4(r[RCX], BIT(4), CR4_PKE);
		} else if (subleaf == 1) {
			r[RAX] &= ~(BIT(17) | BIT(27)); // FRED: events go by the IDT; MSRLIST
		}
		break;
	case 0xd:
		if (subleaf == 1)
			r[RCX] &= ~BIT(8); // Intel PT's state in XSAVES
		break;
	case 0x14: // Intel PT
		r[RAX] = r[RBX] = r[RCX] = r[RDX] = 0;
		break;
	}
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

void cpuid_of_guest(const struct vm *vm, u32 leaf, u32 subleaf, u64 *r)
{
	if (is_own(leaf)) {
		own_leaf(vm, leaf, r);
		return;
	}
	read_cpuid(leaf, subleaf, r);
	edit(leaf, subleaf, r);
}

static __attribute__((noinline)) void exit_own_leaf(struct cpu *c, u32 leaf, u64 *r)
{
	own_leaf(c->vm, leaf, r);
	guest_advance(c);
}

void exit_cpuid(struct cpu *c, struct regs *regs)
{
	u64 *r = regs->gpr;
	u32 leaf = r[RAX], subleaf = r[RCX];

	if (is_own(leaf)) {
		exit_own_leaf(c, leaf, r);
		return;
	}
	read_cpuid(leaf, subleaf, r);
	edit(leaf, subleaf, r);
	guest_advance(c);
}
