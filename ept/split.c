// SPDX-License-Identifier: MIT
#include "ept/entry.h"
#include "tessera/hypercall.h"

void ept_fill_split(u64 *table, u64 leaf, u32 level)
{
	u64 step = level_size(level - 1);
	u64 entry = level == 2 ? leaf & ~EPT_LARGE : leaf;

	// Bit 61 is ignored in a large leaf, so it must not be inherited by 4 KiB leaves.
	entry &= ~EPT_SPP;
	for (u32 i = 0; i < TABLE_ENTRIES; i++, entry += step)
		table[i] = entry;
}

int ept_split_leaf(struct ept *e, u64 *slot, u32 level)
{
	u64 *table = tables_alloc(&e->tables);

	if (!table)
		return TESSERA_NO_MEMORY;
	ept_fill_split(table, table_load(slot), level);
	entry_store(e, slot, link_entry(e, table));
	return TESSERA_OK;
}

int ept_split(struct ept *e, u64 gpa, u64 size, u8 level)
{
	u64 end = gpa + size;

	while (gpa < end) {
		struct ept_leaf leaf = ept_lookup(e, gpa);

		if (leaf.level > level) {
			if (ept_split_leaf(e, leaf.slot, leaf.level))
				return TESSERA_NO_MEMORY;
			continue;
		}
		// No other leaf of this table is larger than this one, so skip the table.
		gpa = leaf.level ? ALIGN_DOWN(gpa, level_size(leaf.level + 1)) +
					   level_size(leaf.level + 1)
				 : leaf.gpa + leaf.size;
	}
	return TESSERA_OK;
}
