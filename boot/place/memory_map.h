// SPDX-License-Identifier: MIT
// The firmware's map of memory: where the hidden block may be, and which addresses are memory.
// Pure. UEFI specification: "EFI_BOOT_SERVICES.GetMemoryMap()".
#ifndef BOOT_PLACE_MEMORY_MAP_H
#define BOOT_PLACE_MEMORY_MAP_H

#include "hv/lib/types.h"

// An EFI_MEMORY_DESCRIPTOR. gnu-efi has it too, but not in host tests, nor the newer attributes.
struct memory_range {
	u32 type;
	u64 start; // physical
	u64 virtual;
	u64 pages; // of 4 KiB
	u64 attributes;
};

struct memory_map {
	const u8 *first;
	u64 count;
	u64 step; // bytes from one range to the next: newer firmware may have longer ones
};

#define MEMORY_TYPE_RESERVED     0
#define MEMORY_TYPE_LOADER_DATA  2
#define MEMORY_TYPE_BOOT_DATA    4
#define MEMORY_TYPE_RUNTIME_DATA 6
#define MEMORY_TYPE_FREE         7 // EfiConventionalMemory
#define MEMORY_TYPE_ACPI         9
#define MEMORY_TYPE_ACPI_NVS     10

#define MEMORY_WRITE_BACK        BIT(3)  // EFI_MEMORY_WB: it can be cached, so it is memory
#define MEMORY_SPECIFIC_PURPOSE  BIT(18) // EFI_MEMORY_SP: CXL or HBM, for drivers to manage
#define MEMORY_HOT_PLUGGABLE     BIT(20) // EFI_MEMORY_HOT_PLUGGABLE: may be removed at run time

// A place for a block of `size` bytes, a multiple of 2 MiB, at a multiple of 2 MiB in free memory
// that stays and is for general use: `last` if possible, otherwise the highest. 0 = no place.
u64 memory_map_place(const struct memory_map *map, u64 size, u64 last);

// Whether [address, address + size) is memory in which ACPI tables may lie. Anything else may be
// flash, a device, or nothing at all.
bool memory_map_holds_tables(const struct memory_map *map, u64 address, u64 size);

#endif
