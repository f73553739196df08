// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/place/acpi.h"
#include "boot/place/aml.h"
#include "boot/place/sleep.h"

// The object that a system looks for, and a name that nobody looks for. ACPI specification:
// "\_Sx (System States)".
#define NAME             "_S3_"
#define HIDDEN_NAME      "_X3_"

#define MEMORY_READ_ONLY 0x20000 // EFI_MEMORY_RO, which gnu-efi lacks

// EFI_MEMORY_ATTRIBUTE_PROTOCOL, which firmware has that really maps memory read-only.
struct memory_attribute {
	EFI_STATUS(EFIAPI *get)
	(struct memory_attribute *self, EFI_PHYSICAL_ADDRESS at, UINT64 size, UINT64 *attributes);
};

static EFI_GUID memory_attribute_guid = {
	0xf4560cf6, 0x40ec, 0x4b4a, { 0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89 }
};

struct renaming {
	const char *from, *to;
};

// Firmware's map of memory, for as long as tables are looked at.
static struct {
	u8 *first;
	UINTN count, step;
} map;

static bool is_mapped_writable(u64 address, u64 size)
{
	u64 start = address & PAGE_MASK, attributes;
	struct memory_attribute *memory;

	if (EFI_ERROR(BS->LocateProtocol(&memory_attribute_guid, NULL, (void **)&memory)))
		return true;
	return !EFI_ERROR(memory->get(memory, start, ALIGN_UP(address + size, PAGE_SIZE) - start,
				      &attributes)) &&
	       !(attributes & (MEMORY_READ_ONLY | EFI_MEMORY_RP));
}

// The kinds of memory that tables may lie in; anything else may be flash, or nothing at all.
static bool is_table_memory(u64 address, u64 size)
{
	for (UINTN i = 0; i < map.count; i++) {
		const EFI_MEMORY_DESCRIPTOR *d = (const void *)(map.first + i * map.step);
		u64 length = d->NumberOfPages * PAGE_SIZE;

		if (d->Type != EfiACPIReclaimMemory && d->Type != EfiACPIMemoryNVS)
			continue;
		if (address >= d->PhysicalStart && size <= length &&
		    address - d->PhysicalStart <= length - size)
			return is_mapped_writable(address, size);
	}
	return false;
}

static void rename_in(u8 *table, u32 size, const void *argument)
{
	const struct renaming *names = argument;

	aml_rename(table, size, names->from, names->to);
}

static void rename_all(u64 rsdp, struct renaming names)
{
	UINTN key;
	UINT32 version;

	map.first = (u8 *)LibMemoryMap(&map.count, &key, &map.step, &version);
	if (!map.first)
		return;
	acpi_each_code(rsdp, is_table_memory, rename_in, &names);
	FreePool(map.first);
}

void sleep_hide(u64 rsdp)
{
	rename_all(rsdp, (struct renaming){ NAME, HIDDEN_NAME });
}

void sleep_show(u64 rsdp)
{
	rename_all(rsdp, (struct renaming){ HIDDEN_NAME, NAME });
}
