// SPDX-License-Identifier: MIT
// The one block of memory that stays when the loader is gone.
#ifndef BOOT_PLACE_MEMORY_H
#define BOOT_PLACE_MEMORY_H

#include <efi.h>

#include "boot/place/memory_map.h"

// The firmware's map of memory as it is now, without ranges when it cannot be had; freed by
// memory_map_free.
struct memory_map memory_map(void);
void memory_map_free(const struct memory_map *map);

// The address of a free stretch of `size` bytes, a multiple of 2 MiB, at a multiple of 2 MiB: where
// the block was at the last start, so that the log from before a warm reset is found, or else the
// highest; 0 when there is none.
u64 memory_find(u64 size);

// Reserves `size` bytes, a multiple of 2 MiB and 2 MiB aligned, as EfiReservedMemoryType: memory
// that no operating system touches ("Memory Type Usage after ExitBootServices()", UEFI
// specification). NULL when the firmware has no such stretch free.
u8 *memory_reserve(u64 size);

// Gives it back. Only when no CPU runs in it any more.
void memory_release(u8 *block, u64 size);

// Has firmware that maps reserved memory as no-execute map [address, address + size) as executable,
// where it offers that. Whether it did is read off the page tables (boot/place/page_rights.h).
void memory_allow_execution(u64 address, u64 size);

// Forgets where the block was.
void memory_forget(void);

#endif
