// SPDX-License-Identifier: MIT
#include "ept/entry.h"

// Leaves with SPP are never merged: bit 61 has no meaning in a large page.
static bool all_alike(const u64 *table, u32 level)
{
	u64 wanted = table[0];

	if (!entry_present(wanted) || !entry_is_leaf(wanted, level) || (wanted & EPT_SPP))
		return false;
	for (u32 i = 1; i < TABLE_ENTRIES; i++) {
		wanted += level_size(level);
		if (table[i] != wanted)
			return false;
	}
	return true;
}

bool ept_join(struct ept *e, u64 *slot, u32 level)
{
	u64 entry = table_load(slot);

	if (level > e->max_leaf_level || !entry_present(entry) || entry_is_leaf(entry, level))
		return false;
	u64 *table = entry_table(e, entry);
	if (!all_alike(table, level - 1))
		return false;
	entry_store(e, slot, table[0] | EPT_LARGE);
	tables_retire(&e->tables, table);
	return true;
}

// The entry of `level` on the path to gpa, or NULL if the path ends above it.
static u64 *ept_slot_of(const struct ept *e, u64 gpa, u32 level)
{
	u64 *slot = &e->root[table_index(gpa, EPT_ROOT_LEVEL)];

	for (u32 at = EPT_ROOT_LEVEL; at > level; at--) {
		u64 entry = table_load(slot);

		if (!entry_present(entry) || entry_is_leaf(entry, at))
			return NULL;
		slot = &entry_table(e, entry)[table_index(gpa, at - 1)];
	}
	return slot;
}

bool ept_merge(struct ept *e, u64 gpa)
{
	bool joined = false;

	for (u32 level = 2; level <= e->max_leaf_level; level++) {
		u64 *slot = ept_slot_of(e, gpa, level);

		joined |= slot && ept_join(e, slot, level);
	}
	return joined;
}

void ept_reap(struct ept *e)
{
	tables_reap(&e->tables);
}
