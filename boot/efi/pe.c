// SPDX-License-Identifier: MIT
#include "boot/efi/pe.h"
#include "hv/lib/string.h"

#define DOS_PE_OFFSET        0x3c // u32: where the PE header starts
#define PE_SECTIONS          6    // u16: how many
#define PE_OPTIONAL_SIZE     20   // u16: bytes between the header and the table of sections
#define PE_HEADER_SIZE       24
#define PE_SECTION_SIZE      40
#define PE_SECTION_NAME_SIZE 8

static u32 pe_read16(const u8 *at)
{
	return at[0] | at[1] << 8;
}

static u32 pe_read32(const u8 *at)
{
	return pe_read16(at) | pe_read16(at + 2) << 16;
}

// The PE header, or NULL.
static const u8 *find_header(const u8 *image, size_t size)
{
	size_t offset;

	if (size < DOS_PE_OFFSET + 4 || memcmp(image, "MZ", 2) != 0)
		return NULL;
	offset = pe_read32(image + DOS_PE_OFFSET);
	if (offset > size || size - offset < PE_HEADER_SIZE ||
	    memcmp(image + offset, "PE\0", 4) != 0)
		return NULL;
	return image + offset;
}

bool pe_has_section(const u8 *image, size_t size, const char *name)
{
	const u8 *header = find_header(image, size);
	char wanted[PE_SECTION_NAME_SIZE] = { 0 };
	size_t table;

	if (!header)
		return false;
	memcpy(wanted, name, MIN(strlen(name), sizeof(wanted)));
	table = (size_t)(header - image) + PE_HEADER_SIZE + pe_read16(header + PE_OPTIONAL_SIZE);
	for (u32 i = 0; i < pe_read16(header + PE_SECTIONS); i++) {
		size_t at = table + i * PE_SECTION_SIZE;

		if (at + PE_SECTION_SIZE > size)
			return false;
		if (memcmp(image + at, wanted, sizeof(wanted)) == 0)
			return true;
	}
	return false;
}
