// SPDX-License-Identifier: MIT
#include "vmx/exit/memory_types.h"

#include "hv/core/vm.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "vmx/vmcs/capability.h"

#define CPUID_1_EDX_MTRR BIT(12)
#define MTRRCAP_COUNT    0xff
#define MTRRCAP_FIXED    BIT(8)
#define DEF_TYPE_ENABLE  BIT(11)

void mtrrs_read(struct mtrr_state *m)
{
	static const u32 fixed[MTRR_FIXED_COUNT] = { 0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
						     0x26b, 0x26c, 0x26d, 0x26e, 0x26f };

	memset(m, 0, sizeof(*m));
	m->addr_bits = vmx_address_bits();
	m->present = cpuid(1, 0).edx & CPUID_1_EDX_MTRR;
	if (!m->present)
		return;
	m->cap = rdmsr(IA32_MTRRCAP);
	m->def_type = rdmsr(IA32_MTRR_DEF_TYPE);
	m->variable = MIN(m->cap & MTRRCAP_COUNT, (u64)MTRR_VARIABLE_COUNT);
	for (u32 i = 0; i < MTRR_FIXED_COUNT && (m->cap & MTRRCAP_FIXED); i++)
		m->fixed[i] = rdmsr(fixed[i]);
	for (u32 i = 0; i < m->variable; i++) {
		m->base[i] = rdmsr(IA32_MTRR_PHYSBASE0 + 2 * i);
		m->mask[i] = rdmsr(IA32_MTRR_PHYSBASE0 + 2 * i + 1);
	}
}

static bool same_mtrrs(const struct mtrr_state *a, const struct mtrr_state *b)
{
	return a->def_type == b->def_type && a->variable == b->variable &&
	       !memcmp(a->fixed, b->fixed, sizeof(a->fixed)) &&
	       !memcmp(a->base, b->base, sizeof(a->base)) &&
	       !memcmp(a->mask, b->mask, sizeof(a->mask));
}

void mtrrs_changed(struct vm *vm)
{
	struct mtrr_state now;

	mtrrs_read(&now);
	if (!(now.def_type & DEF_TYPE_ENABLE))
		return;
	lock_take(&vm->policy.lock);
	if (!same_mtrrs(&now, &vm->ept.types)) {
		__atomic_store_n(&vm->types.changed, true, __ATOMIC_RELAXED);
		ept_retype(&vm->ept, &now);
		vm->policy.shootdown_owed = true;
		vm_finish_change(vm);
		__atomic_store_n(&vm->types.changed, !same_mtrrs(&now, &vm->types.first),
				 __ATOMIC_RELAXED);
	}
	lock_drop(&vm->policy.lock);
}
