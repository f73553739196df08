// SPDX-License-Identifier: MIT
#include "hv/core/power_off.h"

#include "hv/core/guest_memory.h"
#include "hv/lib/acpi_tables.h"
#include "hv/lib/string.h"

#define TABLES_MAX 64
#define TABLE_MAX  0x200000 // bytes; the largest known tables are about half of that
#define CHUNK      256
#define OBJECT_MAX 16 // bytes of the package that are read

static u64 read_field(struct cpu *c, u64 gpa, u32 bytes)
{
	u64 value = 0;

	return guest_read(c, gpa, &value, bytes) ? 0 : value;
}

static bool has_signature(struct cpu *c, u64 gpa, const char *signature)
{
	char text[8];
	u32 length = (u32)strlen(signature);

	return gpa && guest_read(c, gpa, text, length) == 0 && !memcmp(text, signature, length);
}

static u64 table_length(struct cpu *c, u64 table)
{
	return MIN(read_field(c, table + ACPI_HEADER_LENGTH, 4), (u64)TABLE_MAX);
}

// The table with that signature, after `skip` others that have it; 0 if there is no such table.
static u64 find_table(struct cpu *c, u64 rsdp, const char *signature, u32 skip)
{
	bool wide = read_field(c, rsdp + ACPI_RSDP_REVISION, 1) >= 2;
	u32 size = wide ? 8 : 4;
	u64 root = read_field(c, rsdp + (wide ? ACPI_RSDP_XSDT : ACPI_RSDP_RSDT), size);
	u64 count = (MAX(table_length(c, root), (u64)ACPI_HEADER_SIZE) - ACPI_HEADER_SIZE) / size;

	for (u64 i = 0; i < MIN(count, (u64)TABLES_MAX); i++) {
		u64 table = read_field(c, root + ACPI_HEADER_SIZE + i * size, size);

		if (has_signature(c, table, signature) && !skip--)
			return table;
	}
	return 0;
}

// Reads an integer object of 0, 1 or a byte at *at and advances *at past it.
static bool read_integer(const u8 **at, u8 *value)
{
	if (**at == AML_BYTE_PREFIX)
		(*at)++;
	else if (**at > 1)
		return false;
	*value = *(*at)++;
	return true;
}

// Reads the value of the name: a package of at least two integers.
static bool read_package(const u8 *at, struct acpi_off *off)
{
	if (*at++ != AML_PACKAGE_OP)
		return false;
	at += 1 + (*at >> 6); // its length
	at++;                 // its number of elements
	return read_integer(&at, &off->type[0]) && read_integer(&at, &off->type[1]);
}

static bool find_s5(struct cpu *c, u64 table, struct acpi_off *off)
{
	static const u8 name[] = { AML_NAME_OP, '_', 'S', '5', '_' };
	u64 length = table ? table_length(c, table) : 0;
	u8 bytes[CHUNK + sizeof(name) + OBJECT_MAX];

	for (u64 at = 0; at < length; at += CHUNK) {
		memset(bytes, 0, sizeof(bytes));
		if (guest_read(c, table + at, bytes, MIN(length - at, sizeof(bytes))))
			return false;
		for (u32 i = 0; i < CHUNK; i++)
			if (!memcmp(bytes + i, name, sizeof(name)) &&
			    read_package(bytes + i + sizeof(name), off))
				return true;
	}
	return false;
}

// The 32-bit pointer, or the 64-bit one if the former is 0.
static u64 find_dsdt(struct cpu *c, u64 fadt)
{
	u64 dsdt = read_field(c, fadt + ACPI_FADT_DSDT, 4);

	if (!dsdt && table_length(c, fadt) >= ACPI_FADT_X_DSDT + 8)
		dsdt = read_field(c, fadt + ACPI_FADT_X_DSDT, 8);
	return dsdt;
}

bool acpi_find_off(struct cpu *c, u64 rsdp, struct acpi_off *off)
{
	u64 fadt = has_signature(c, rsdp, "RSD PTR ") ? find_table(c, rsdp, "FACP", 0) : 0;
	u64 ssdt;

	if (!fadt || read_field(c, fadt + ACPI_FADT_FLAGS, 4) & ACPI_FADT_HARDWARE_REDUCED)
		return false;
	off->port[0] = (u16)read_field(c, fadt + ACPI_FADT_PM1A, 4);
	off->port[1] = (u16)read_field(c, fadt + ACPI_FADT_PM1B, 4);
	if (!off->port[0])
		return false;
	if (find_s5(c, find_dsdt(c, fadt), off))
		return true;
	for (u32 i = 0; (ssdt = find_table(c, rsdp, "SSDT", i)); i++)
		if (find_s5(c, ssdt, off))
			return true;
	return false;
}
