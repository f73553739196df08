// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/place/attempts.h"
#include "boot/place/memory.h"

#define VARIABLE_NAME       L"TesseraBlock"
#define VARIABLE_ATTRIBUTES (EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS)

// Ours, as the count of starts is (boot/place/attempts.h).
static EFI_GUID guid = ATTEMPTS_GUID;

// Where the block was at the last start, or 0. Whatever the variable holds is checked by is_free.
static u64 last_place(void)
{
	u64 place = 0;
	UINTN size = sizeof(place);

	if (EFI_ERROR(RT->GetVariable(VARIABLE_NAME, &guid, NULL, &size, &place)))
		return 0;
	return place;
}

// Only a change is written: flash wears out.
static void remember_place(u64 place)
{
	if (place != last_place())
		RT->SetVariable(VARIABLE_NAME, &guid, VARIABLE_ATTRIBUTES, sizeof(place), &place);
}

static bool is_free(const EFI_MEMORY_DESCRIPTOR *stretch, u64 place, u64 size)
{
	u64 start = stretch->PhysicalStart, length = stretch->NumberOfPages * PAGE_SIZE;

	return stretch->Type == EfiConventionalMemory && place >= start && size <= length &&
	       place - start <= length - size;
}

// The highest place in a stretch of free memory, or 0. High, because the low megabytes are what old
// loaders put fixed addresses into; 0 itself never is a good place.
static u64 place_in(const EFI_MEMORY_DESCRIPTOR *stretch, u64 size)
{
	u64 end = stretch->PhysicalStart + stretch->NumberOfPages * PAGE_SIZE;
	u64 place = ALIGN_DOWN(end - size, SIZE_2M);

	return is_free(stretch, place, size) ? place : 0;
}

u64 memory_find(u64 size)
{
	UINTN count, key, step;
	UINT32 version;
	u8 *map = (u8 *)LibMemoryMap(&count, &key, &step, &version);
	u64 last = last_place(), best = 0;

	for (UINTN i = 0; map && i < count; i++) {
		const EFI_MEMORY_DESCRIPTOR *stretch = (const void *)(map + i * step);

		if (last && last % SIZE_2M == 0 && is_free(stretch, last, size)) {
			best = last;
			break;
		}
		best = MAX(best, place_in(stretch, size));
	}
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
	remember_place(place);
	return (u8 *)place;
}

void memory_release(u8 *block, u64 size)
{
	BS->FreePages((u64)block, size / PAGE_SIZE);
}

void memory_forget(void)
{
	RT->SetVariable(VARIABLE_NAME, &guid, VARIABLE_ATTRIBUTES, 0, NULL);
}
