// SPDX-License-Identifier: MIT
#include "hv/x86/hostmap.h"

#include "hv/lib/assert.h"

u64 *hostmap_slot(struct pool *pool, u64 *root, u64 va)
{
	u64 *table = root;

	for (u32 shift = 39; shift > PAGE_SHIFT; shift -= 9) {
		u64 *entry = &table[(va >> shift) % TABLE_ENTRIES];

		if (!(*entry & PT_PRESENT)) {
			u64 *next = pool_alloc(pool);

			if (!next)
				return NULL;
			*entry = pool_pa(pool, next) | PT_PRESENT | PT_WRITE;
		}
		table = pool_va(pool, *entry & PT_ADDR);
	}
	return &table[(va >> PAGE_SHIFT) % TABLE_ENTRIES];
}

bool hostmap_map(struct pool *pool, u64 *root, u64 va, u64 pa, u64 size, u64 flags)
{
	ASSERT_CHECKED((va | pa | size) % PAGE_SIZE == 0, "hostmap maps whole pages");
	for (u64 offset = 0; offset < size; offset += PAGE_SIZE) {
		u64 *slot = hostmap_slot(pool, root, va + offset);

		if (!slot)
			return false;
		*slot = (pa + offset) | flags;
	}
	return true;
}
