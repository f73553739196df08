// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/place/acpi.h"
#include "boot/place/aml.h"
#include "boot/place/memory.h"
#include "boot/place/page_rights.h"
#include "boot/place/sleep.h"

// The object that a system looks for, and a name that no system looks for. ACPI specification:
// "\_Sx (System States)".
#define NAME        "_S3_"
#define HIDDEN_NAME "_X3_"

struct renaming {
	const char *from, *to;
};

// The firmware's map of memory, while tables are edited.
static struct memory_map map;

static bool is_mapped_writable(u64 address, u64 size)
{
	for (u64 page = address & PAGE_MASK; page < address + size; page += PAGE_SIZE)
		if (!(page_rights_here(page) & PAGE_WRITE))
			return false;
	return true;
}

static bool is_table_memory(u64 address, u64 size)
{
	return memory_map_holds_tables(&map, address, size) && is_mapped_writable(address, size);
}

static void rename_in(u8 *table, u32 size, const void *argument)
{
	const struct renaming *names = argument;

	aml_rename(table, size, names->from, names->to);
}

static void rename_all(u64 rsdp, struct renaming names)
{
	map = memory_map();
	acpi_each_code(rsdp, is_table_memory, rename_in, &names);
	memory_map_free(&map);
}

void sleep_hide(u64 rsdp)
{
	rename_all(rsdp, (struct renaming){ NAME, HIDDEN_NAME });
}

void sleep_show(u64 rsdp)
{
	rename_all(rsdp, (struct renaming){ HIDDEN_NAME, NAME });
}
