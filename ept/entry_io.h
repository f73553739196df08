// SPDX-License-Identifier: MIT
// The common format of EPT and SPPT: 4 levels of 512 words of 64 bits, indexed by 9 bits of the
// guest-physical address each, read by CPUs while we edit them.
#ifndef EPT_ENTRY_IO_H
#define EPT_ENTRY_IO_H

#include "hv/lib/types.h"

// Bytes that one entry of a table of this level maps: 4 KiB, 2 MiB, 1 GiB, 512 GiB.
static inline u64 level_size(u32 level)
{
	return PAGE_SIZE << (9 * (level - 1));
}

static inline u32 table_index(u64 gpa, u32 level)
{
	return (gpa >> (PAGE_SHIFT + 9 * (level - 1))) & (TABLE_ENTRIES - 1);
}

static inline u64 table_load(const u64 *slot)
{
	return __atomic_load_n(slot, __ATOMIC_ACQUIRE);
}

// All changes of a live entry use this store. A CPU that walks at this moment sees the old
// entry or the new one; release makes a table that was filled before visible in full.
static inline void table_publish(u64 *slot, u64 entry)
{
	__atomic_store_n(slot, entry, __ATOMIC_RELEASE);
}

#endif
