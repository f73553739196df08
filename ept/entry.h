// SPDX-License-Identifier: MIT
// EPT entries, for the files of this room. EPT's accessed and dirty flags are off (EPTP
// bit 6 = 0), so a CPU never writes an entry and a plain store loses nothing.
// Manual: "EPT Translation Mechanism".
#ifndef EPT_ENTRY_H
#define EPT_ENTRY_H

#include "ept/entry_io.h"
#include "ept/ept.h"

#define EPT_ROOT_LEVEL 4

static inline bool entry_present(u64 entry)
{
	return entry & EPT_RWX;
}

static inline bool entry_is_leaf(u64 entry, u32 level)
{
	return level == 1 || (entry & EPT_LARGE);
}

static inline u64 leaf_entry(u64 gpa, u32 level, enum memory_type type)
{
	return gpa | EPT_RWX | (u64)type << EPT_TYPE_SHIFT | (level > 1 ? EPT_LARGE : 0) |
	       EPT_NO_VE;
}

// An entry that points to a table has all rights; the leaves restrict them.
static inline u64 link_entry(const struct ept *e, const u64 *table)
{
	return pool_pa(e->pool, table) | EPT_RWX;
}

static inline u64 *entry_table(const struct ept *e, u64 entry)
{
	return pool_va(e->pool, entry & EPT_ADDR_MASK);
}

// Changes a live entry. Returns true if that changed anything.
static inline bool entry_store(struct ept *e, u64 *slot, u64 entry)
{
	if (table_load(slot) == entry)
		return false;
	table_publish(slot, entry);
	e->generation++;
	return true;
}

// Fills `table` with the 512 leaves that mean the same as this leaf of `level`, one level down.
void ept_fill_split(u64 *table, u64 leaf, u32 level);

// Splits the leaf in `slot`, of `level` 2 or 3, into 512. NO_MEMORY.
int ept_split_leaf(struct ept *e, u64 *slot, u32 level);

// Merges the table below `slot` into one leaf of `level`, if its 512 leaves are alike.
bool ept_join(struct ept *e, u64 *slot, u32 level);

#endif
