// SPDX-License-Identifier: MIT
#include "boot/place/aml.h"
#include "hv/lib/string.h"

#define DUAL_NAME_PREFIX  0x2e
#define MULTI_NAME_PREFIX 0x2f
#define METHOD_ARGUMENTS  0x07 // in the flags of a method

// Byte code. A place beyond its end means "malformed".
struct code {
	u8 *at;
	u32 size;
};

static u8 byte_at(struct code c, u32 place)
{
	return place < c.size ? c.at[place] : 0;
}

static u32 skip_prefix(struct code c, u32 place)
{
	if (byte_at(c, place) == AML_ROOT_CHAR)
		return place + 1;
	while (byte_at(c, place) == AML_PARENT_CHAR)
		place++;
	return place;
}

static bool is_segment(struct code c, u32 place)
{
	for (u32 i = place; i < place + ACPI_NAME_SIZE; i++) {
		u8 b = byte_at(c, i);

		if ((b < 'A' || b > 'Z') && b != '_' && (i == place || b < '0' || b > '9'))
			return false;
	}
	return true;
}

static bool is_name(struct code c, u32 place, const char *name)
{
	return c.size >= ACPI_NAME_SIZE && place <= c.size - ACPI_NAME_SIZE &&
	       memcmp(c.at + place, name, ACPI_NAME_SIZE) == 0;
}

// The end of the name of one or more segments that starts at `place`; 0 if it is not a name.
static u32 skip_segments(struct code c, u32 place)
{
	u32 count = 1;

	if (byte_at(c, place) == DUAL_NAME_PREFIX) {
		count = 2;
		place++;
	} else if (byte_at(c, place) == MULTI_NAME_PREFIX) {
		count = byte_at(c, place + 1);
		place += 2;
	}
	while (count && is_segment(c, place)) {
		place += ACPI_NAME_SIZE;
		count--;
	}
	return count ? 0 : place;
}

// Renames the segment at `place` to `to`, and keeps the checksum of the table.
static void write_name(u8 *table, u8 *segment, const char *to)
{
	for (u32 n = 0; n < ACPI_NAME_SIZE; n++) {
		table[ACPI_HEADER_CHECKSUM] += segment[n] - (u8)to[n];
		segment[n] = (u8)to[n];
	}
}

// Each of these returns where in the code that starts with its opcode the name `from` is defined,
// or 0. What follows the name tells a definition from a string or a buffer with the same letters.

// Name(from, Package), NameString DataRefObject.
static u32 find_in_name(struct code c, const char *from)
{
	u32 place = skip_prefix(c, 1);
	u8 object = byte_at(c, place + ACPI_NAME_SIZE);

	return is_name(c, place, from) && (object == AML_PACKAGE_OP || object == AML_VAR_PACKAGE_OP)
		       ? place
		       : 0;
}

// Method(from), PkgLength NameString MethodFlags. A sleep state takes no arguments.
static u32 find_in_method(struct code c, const char *from)
{
	u8 lead = byte_at(c, 1);
	u32 more = lead >> 6, length = more ? lead & 0xf : lead & 0x3f;
	u32 place = skip_prefix(c, 2 + more);

	for (u32 i = 0; i < more; i++)
		length |= (u32)byte_at(c, 2 + i) << (4 + 8 * i);
	if (place + ACPI_NAME_SIZE >= c.size || length > c.size - 1 || length < place + 4)
		return 0;
	return is_name(c, place, from) && !(c.at[place + ACPI_NAME_SIZE] & METHOD_ARGUMENTS) ? place
											     : 0;
}

// Alias(other, from), NameString NameString.
static u32 find_in_alias(struct code c, const char *from)
{
	u32 behind = skip_segments(c, skip_prefix(c, 1));
	u32 place = behind ? skip_prefix(c, behind) : 0;

	return place && is_name(c, place, from) ? place : 0;
}

// Alias(from, other) must follow the rename: otherwise it would refer to a missing object.
static u32 find_aliased(struct code c, const char *from)
{
	u32 place = skip_prefix(c, 1);

	return is_name(c, place, from) && skip_segments(c, skip_prefix(c, place + ACPI_NAME_SIZE))
		       ? place
		       : 0;
}

static const struct {
	u8 opcode;
	u32 (*find)(struct code c, const char *from);
} forms[] = {
	{ AML_NAME_OP, find_in_name },
	{ AML_METHOD_OP, find_in_method },
	{ AML_ALIAS_OP, find_in_alias },
	{ AML_ALIAS_OP, find_aliased },
};

u32 aml_rename(u8 *table, u32 size, const char *from, const char *to)
{
	bool begins_form[256] = { false };
	u32 renamed = 0;

	for (u32 f = 0; f < ARRAY_SIZE(forms); f++)
		begins_form[forms[f].opcode] = true;
	for (u32 i = ACPI_HEADER_SIZE; i < size; i++) {
		struct code c = { table + i, size - i };

		if (!begins_form[table[i]]) // most bytes: the table may have 100 KiB
			continue;
		for (u32 f = 0; f < ARRAY_SIZE(forms); f++) {
			u32 place = c.at[0] == forms[f].opcode ? forms[f].find(c, from) : 0;

			if (!place)
				continue;
			write_name(table, c.at + place, to);
			renamed++;
		}
	}
	return renamed;
}
