// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/place/attempts.h"
#include "boot/place/memory.h"
#include "boot/place/page_rights.h"

#define VARIABLE_NAME       L"TesseraBlock"
#define VARIABLE_ATTRIBUTES (EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS)

// A variable of Tessera, like the count of starts (boot/place/attempts.h).
static EFI_GUID guid = ATTEMPTS_GUID;

// Where the block was at the last start, or 0. memory_map_place checks whatever the variable holds.
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

_Static_assert(offsetof(struct memory_range, pages) ==
			       offsetof(EFI_MEMORY_DESCRIPTOR, NumberOfPages) &&
		       offsetof(struct memory_range, attributes) ==
			       offsetof(EFI_MEMORY_DESCRIPTOR, Attribute),
	       "struct memory_range is an EFI_MEMORY_DESCRIPTOR");

struct memory_map memory_map(void)
{
	UINTN count = 0, key, step;
	UINT32 version;
	const u8 *first = (const u8 *)LibMemoryMap(&count, &key, &step, &version);

	return (struct memory_map){ first, first ? count : 0, step };
}

void memory_map_free(const struct memory_map *map)
{
	if (map->first)
		FreePool((void *)map->first);
}

u64 memory_find(u64 size)
{
	struct memory_map map = memory_map();
	u64 place = memory_map_place(&map, size, last_place());

	memory_map_free(&map);
	return place;
}

// Firmware aligns to 4 KiB only. Allocating more and freeing the ends would be simpler, but some
// firmware fills memory that is freed, which takes longer than the rest of the start.
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

// EFI_MEMORY_ATTRIBUTE_PROTOCOL, which gnu-efi lacks.
struct memory_attribute {
	void *get, *set;
	EFI_STATUS(EFIAPI *clear)
	(struct memory_attribute *self, EFI_PHYSICAL_ADDRESS at, UINT64 size, UINT64 attributes);
};

static EFI_GUID memory_attribute_guid = {
	0xf4560cf6, 0x40ec, 0x4b4a, { 0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89 }
};

void memory_allow_execution(u64 address, u64 size)
{
	u64 start = address & PAGE_MASK;
	struct memory_attribute *attribute;

	if (page_rights_here(address) & PAGE_EXECUTE ||
	    EFI_ERROR(BS->LocateProtocol(&memory_attribute_guid, NULL, (void **)&attribute)))
		return;
	attribute->clear(attribute, start, ALIGN_UP(address + size, PAGE_SIZE) - start,
			 EFI_MEMORY_XP);
}

void memory_forget(void)
{
	RT->SetVariable(VARIABLE_NAME, &guid, VARIABLE_ATTRIBUTES, 0, NULL);
}
