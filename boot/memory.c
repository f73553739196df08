// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/memory.h"

// The highest place in a stretch of free memory, or 0. High, because the low megabytes are what old
// loaders put fixed addresses into; 0 itself never is a good place.
static u64 place_in(const EFI_MEMORY_DESCRIPTOR *stretch, u64 size)
{
	u64 end = stretch->PhysicalStart + stretch->NumberOfPages * PAGE_SIZE;
	u64 place = ALIGN_DOWN(end - size, SIZE_2M);

	if (stretch->Type != EfiConventionalMemory || end < size)
		return 0;
	return place >= stretch->PhysicalStart ? place : 0;
}

u64 memory_find(u64 size)
{
	UINTN count, key, step;
	UINT32 version;
	u8 *map = (u8 *)LibMemoryMap(&count, &key, &step, &version);
	u64 best = 0;

	for (UINTN i = 0; map && i < count; i++)
		best = MAX(best, place_in((const void *)(map + i * step), size));
	if (map)
		FreePool(map);
	return best;
}

// Firmware aligns to 4 KiB only. Taking more and giving the ends back would be shorter, but some
// firmware fills every byte that it gets back, which takes longer than all the rest of our start.
u8 *memory_reserve(u64 size)
{
	EFI_PHYSICAL_ADDRESS place = memory_find(size);

	if (!place || EFI_ERROR(BS->AllocatePages(AllocateAddress, EfiReservedMemoryType,
						  size / PAGE_SIZE, &place)))
		return NULL;
	return (u8 *)place;
}

void memory_release(u8 *block, u64 size)
{
	BS->FreePages((u64)block, size / PAGE_SIZE);
}
