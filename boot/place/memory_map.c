// SPDX-License-Identifier: MIT
#include "boot/place/memory_map.h"

static const struct memory_range *range_at(const struct memory_map *map, u64 i)
{
	return (const void *)(map->first + i * map->step);
}

static bool range_contains(const struct memory_range *r, u64 address, u64 size)
{
	u64 length = r->pages * PAGE_SIZE;

	return address >= r->start && size <= length && address - r->start <= length - size;
}

// Excludes special-purpose memory, which is slower and which drivers expect to own, and
// hot-pluggable memory, which could be removed under a running hypervisor.
static bool is_usable(const struct memory_range *r)
{
	return r->type == MEMORY_TYPE_FREE &&
	       !(r->attributes & (MEMORY_SPECIFIC_PURPOSE | MEMORY_HOT_PLUGGABLE));
}

// The highest place in a range, or 0. High, because old loaders put fixed addresses into the low
// megabytes; 0 itself is never a good place.
static u64 place_in(const struct memory_range *r, u64 size)
{
	u64 end = r->start + r->pages * PAGE_SIZE;
	u64 place = ALIGN_DOWN(end - size, SIZE_2M);

	return range_contains(r, place, size) ? place : 0;
}

u64 memory_map_place(const struct memory_map *map, u64 size, u64 last)
{
	u64 best = 0;

	for (u64 i = 0; i < map->count; i++) {
		const struct memory_range *r = range_at(map, i);

		if (!is_usable(r))
			continue;
		if (last && last % SIZE_2M == 0 && range_contains(r, last, size))
			return last;
		best = MAX(best, place_in(r, size));
	}
	return best;
}

static bool may_hold_tables(const struct memory_range *r)
{
	switch (r->type) {
	case MEMORY_TYPE_ACPI:
	case MEMORY_TYPE_ACPI_NVS:
		return true;
	case MEMORY_TYPE_RESERVED:
	case MEMORY_TYPE_LOADER_DATA:
	case MEMORY_TYPE_BOOT_DATA:
	case MEMORY_TYPE_RUNTIME_DATA:
		return r->attributes & MEMORY_WRITE_BACK;
	}
	return false;
}

bool memory_map_holds_tables(const struct memory_map *map, u64 address, u64 size)
{
	for (u64 i = 0; i < map->count; i++) {
		const struct memory_range *r = range_at(map, i);

		if (may_hold_tables(r) && range_contains(r, address, size))
			return true;
	}
	return false;
}
