// SPDX-License-Identifier: MIT
#include "ept/entry.h"

struct ept_leaf ept_lookup(const struct ept *e, u64 gpa)
{
	u64 *table = e->root;

	if (gpa >> EPT_MAX_ADDR_BITS)
		return (struct ept_leaf){ .gpa = gpa & PAGE_MASK, .size = PAGE_SIZE };
	for (u32 level = EPT_ROOT_LEVEL;; level--) {
		u64 *slot = &table[table_index(gpa, level)];
		u64 entry = table_load(slot);
		bool present = entry_present(entry);

		if (!present || entry_is_leaf(entry, level))
			return (struct ept_leaf){
				.entry = entry,
				.gpa = ALIGN_DOWN(gpa, level_size(level)),
				.size = level_size(level),
				.level = present ? level : 0,
				.slot = slot,
			};
		table = entry_table(e, entry);
	}
}
