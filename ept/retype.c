// SPDX-License-Identifier: MIT
#include "ept/entry.h"
#include "tessera/hypercall.h"

// A guest can force many small pages by its memory types. They may use this part of the pool only,
// so that later calls that protect something still find memory.
#define RETYPE_MAY_USE(pool) ((pool)->size / PAGE_SIZE / 4 * 3)

static void retype_table(struct ept *e, u64 *table, u64 gpa, u32 level);

static void set_type(struct ept *e, u64 *slot, enum memory_type type)
{
	u64 entry = table_load(slot);

	entry_store(e, slot, (entry & ~EPT_TYPE_MASK) | (u64)type << EPT_TYPE_SHIFT);
}

static bool may_split(const struct ept *e)
{
	return e->pool->free_pages > e->pool->size / PAGE_SIZE - RETYPE_MAY_USE(e->pool);
}

static void retype_leaf(struct ept *e, u64 *slot, u64 gpa, u32 level)
{
	enum memory_type type;

	if (!mtrr_uniform(&e->types, gpa, level_size(level), &type) && may_split(e) &&
	    ept_split_leaf(e, slot, level) == TESSERA_OK) {
		retype_table(e, entry_table(e, table_load(slot)), gpa, level - 1);
		return;
	}
	set_type(e, slot, type); // UC if the range has several types
}

static void retype_table(struct ept *e, u64 *table, u64 gpa, u32 level)
{
	enum memory_type type = MT_UC;
	bool one_type = level < EPT_ROOT_LEVEL &&
			mtrr_uniform(&e->types, gpa, level_size(level + 1), &type);

	for (u32 i = 0; i < TABLE_ENTRIES; i++, gpa += level_size(level)) {
		u64 entry = table_load(&table[i]);

		if (!entry_present(entry))
			continue;
		if (!entry_is_leaf(entry, level)) {
			retype_table(e, entry_table(e, entry), gpa, level - 1);
			ept_join(e, &table[i], level);
		} else if (one_type) {
			set_type(e, &table[i], type);
		} else {
			retype_leaf(e, &table[i], gpa, level);
		}
	}
}

void ept_retype(struct ept *e, const struct mtrr_state *types)
{
	e->types = *types;
	retype_table(e, e->root, 0, EPT_ROOT_LEVEL);
}
