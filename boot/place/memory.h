// SPDX-License-Identifier: MIT
// The hidden block: the memory that remains reserved when the loader is gone.
#ifndef BOOT_PLACE_MEMORY_H
#define BOOT_PLACE_MEMORY_H

#include <efi.h>

#include "boot/place/memory_map.h"

// The firmware's current map of memory, without ranges if it cannot be read; freed by
// memory_map_free.
struct memory_map memory_map(void);
void memory_map_free(const struct memory_map *map);

// The address of free memory for `size` bytes (a multiple of 2 MiB), 2 MiB aligned: the place of
// the block at the last start if possible, so that the log from before a warm reset is found,
// otherwise the highest; 0 without such memory.
u64 memory_find(u64 size);

// Reserves `size` bytes, a multiple of 2 MiB and 2 MiB aligned, as EfiReservedMemoryType: memory
// that no operating system touches ("Memory Type Usage after ExitBootServices()", UEFI
// specification). NULL if the firmware has no such memory free.
u8 *memory_reserve(u64 size);

// Frees it. Only if no CPU runs in it.
void memory_release(u8 *block, u64 size);

// Has firmware that maps reserved memory as no-execute map [address, address + size) as executable,
// if it supports that. The result must be read from the page tables (boot/place/page_rights.h).
void memory_allow_execution(u64 address, u64 size);

// Deletes the record of where the block was.
void memory_forget(void);

#endif
