// SPDX-License-Identifier: MIT
#include "boot/place/aml.h"
#include "hv/lib/string.h"

// Whether a definition Name(from, Package...) starts here; if so, where in it the name is, else 0.
// The package behind it tells it from a string or a buffer that holds the same letters.
static u32 name_offset(const u8 *code, u32 left, const char *from)
{
	u32 at = left > 1 && code[1] == AML_ROOT_CHAR ? 2 : 1;

	if (left < at + ACPI_NAME_SIZE + 1 || code[0] != AML_NAME_OP)
		return 0;
	if (memcmp(code + at, from, ACPI_NAME_SIZE) != 0 ||
	    code[at + ACPI_NAME_SIZE] != AML_PACKAGE_OP)
		return 0;
	return at;
}

u32 aml_rename(u8 *table, u32 size, const char *from, const char *to)
{
	u32 renamed = 0;

	for (u32 i = ACPI_HEADER_SIZE; i < size; i++) {
		u32 at = name_offset(table + i, size - i, from);

		if (!at)
			continue;
		for (u32 n = 0; n < ACPI_NAME_SIZE; n++) {
			table[ACPI_HEADER_CHECKSUM] += table[i + at + n] - (u8)to[n];
			table[i + at + n] = (u8)to[n];
		}
		renamed++;
	}
	return renamed;
}
