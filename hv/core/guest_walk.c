// SPDX-License-Identifier: MIT
#include "hv/core/guest_walk.h"

#include "hv/core/guest_memory.h"
#include "hv/x86/control_regs.h"
#include "tessera/hypercall.h"

#define PTE_PRESENT BIT(0)
#define PTE_LARGE   BIT(7)
#define PTE_ADDR    0x000ffffffffff000ULL
#define SHIFT_1G    30

static u32 levels_of(u64 cr4)
{
	return cr4 & CR4_LA57 ? 5 : 4;
}

bool linear_is_canonical(u64 linear, u64 cr4)
{
	u32 bits =
		12 + 9 * levels_of(cr4) - 1; // the top bit of the address, which the rest repeats
	u64 top = linear >> bits;

	return top == 0 || top == ~0ULL >> bits;
}

static int walk_down(struct cpu *c, u64 table, u32 shift, u64 linear, struct walk *out)
{
	for (struct walk_entry *e = out->at;; e++) {
		const u64 *entry;

		e->gpa = (table & PTE_ADDR) + (linear >> shift) % 512 * sizeof(u64);
		entry = window_map(c, WINDOW_WALK, e->gpa);
		if (!entry)
			return TESSERA_BAD_ADDRESS;
		table = e->entry = __atomic_load_n(entry, __ATOMIC_RELAXED);
		out->levels++;
		out->all &= table;
		if (!(table & PTE_PRESENT))
			return TESSERA_BAD_ADDRESS;
		if (shift == PAGE_SHIFT || (shift <= SHIFT_1G && (table & PTE_LARGE)))
			break;
		shift -= 9;
	}
	out->size = BIT(shift);
	out->gpa = (table & PTE_ADDR & ~(out->size - 1)) | (linear & (out->size - 1));
	return TESSERA_OK;
}

int walk_linear(struct cpu *c, const struct paging *p, u64 linear, struct walk *out)
{
	out->levels = 0; // marks the rest of out->at as unused
	out->gpa = linear;
	out->size = PAGE_SIZE;
	out->all = ~0ULL;
	if (!(p->cr0 & CR0_PG))
		return TESSERA_OK;
	if (!(p->efer & EFER_LMA))
		return TESSERA_UNSUPPORTED;
	if (!linear_is_canonical(linear, p->cr4))
		return TESSERA_BAD_ADDRESS;
	return walk_down(c, p->cr3, PAGE_SHIFT + 9 * (levels_of(p->cr4) - 1), linear, out);
}

int guest_read_linear(struct cpu *c, const struct paging *p, u64 linear, void *to, u64 length)
{
	u8 *at = to;

	while (length) {
		u64 part = MIN(length, PAGE_SIZE - linear % PAGE_SIZE);
		struct walk w;
		int error = walk_linear(c, p, linear, &w);

		if (!error)
			error = guest_read(c, w.gpa, at, part);
		if (error)
			return error;
		linear += part;
		at += part;
		length -= part;
	}
	return TESSERA_OK;
}
