// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/memory.h"

static void release(u64 from, u64 to)
{
	if (from < to)
		BS->FreePages(from, (to - from) / PAGE_SIZE);
}

// Firmware aligns to 4 KiB only: take more, then give both ends back.
u8 *memory_reserve(u64 size)
{
	u64 room = size + SIZE_2M - PAGE_SIZE;
	EFI_PHYSICAL_ADDRESS start;
	u64 block;

	if (EFI_ERROR(BS->AllocatePages(AllocateAnyPages, EfiReservedMemoryType, room / PAGE_SIZE,
					&start)))
		return NULL;
	block = ALIGN_UP(start, SIZE_2M);
	release(start, block);
	release(block + size, start + room);
	return (u8 *)block;
}

void memory_release(u8 *block, u64 size)
{
	release((u64)block, (u64)block + size);
}
