// SPDX-License-Identifier: MIT
#include "ept/entry.h"

#define WRITE_BITS (EPT_W | EPT_SPP)

// True if fewer stores can reach memory: W was cleared, or SPP was cleared without setting W.
static bool is_stricter(u64 from, u64 to)
{
	return ((from & EPT_W) && !(to & EPT_W)) || ((from & EPT_SPP) && !(to & WRITE_BITS));
}

bool ept_set_write(struct ept *e, u64 gpa, u64 size, u64 write_bits)
{
	u64 end = gpa + size;
	bool stricter = false;

	while (gpa < end) {
		struct ept_leaf leaf = ept_lookup(e, gpa);
		u32 left = leaf.slot ? TABLE_ENTRIES - table_index(gpa, leaf.level ? leaf.level : 1)
				     : 1;

		if (!leaf.level) {
			gpa = leaf.gpa + leaf.size;
			continue;
		}
		// Handle the rest of this table without a walk for each leaf.
		u64 bits = leaf.level == 1 ? write_bits : write_bits & EPT_W;
		for (u64 *slot = leaf.slot; left-- && gpa < end; slot++, gpa += leaf.size) {
			u64 entry = table_load(slot);

			if (!entry_present(entry))
				continue;
			if (!entry_is_leaf(entry, leaf.level))
				break;
			u64 wanted = (entry & ~WRITE_BITS) | bits;
			if (entry_store(e, slot, wanted))
				stricter |= is_stricter(entry, wanted);
		}
	}
	return stricter;
}
