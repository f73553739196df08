// SPDX-License-Identifier: MIT
#include "boot/place/acpi.h"
#include "hv/lib/acpi_tables.h"
#include "hv/lib/string.h"

struct walk {
	acpi_guard guard;
	acpi_visit visit;
	const void *argument;
};

// A pointer of 4 or 8 bytes, at any address.
static u64 read_pointer(u64 address, u32 width)
{
	u64 value = 0;

	memcpy(&value, (const void *)address, width);
	return value;
}

// The size of the table there; 0 if it must not be touched or has another signature. A signature of
// NULL matches any.
static u32 table_size(const struct walk *w, u64 table, const char *signature)
{
	u32 size;

	if (!table || !w->guard(table, ACPI_HEADER_SIZE))
		return 0;
	if (signature && memcmp((const void *)table, signature, ACPI_NAME_SIZE) != 0)
		return 0;
	size = (u32)read_pointer(table + ACPI_HEADER_LENGTH, sizeof(size));
	return size >= ACPI_HEADER_SIZE && w->guard(table, size) ? size : 0;
}

static void visit_code(const struct walk *w, u64 table, const char *signature)
{
	u32 size = table_size(w, table, signature);

	if (size)
		w->visit((u8 *)table, size, w->argument);
}

// The FADT points to the DSDT, once with 32 bits and in newer ones also with 64. If they differ,
// systems disagree which one to use.
static void visit_dsdt(const struct walk *w, u64 fadt)
{
	u32 size = table_size(w, fadt, "FACP");

	if (size >= ACPI_FADT_DSDT + sizeof(u32))
		visit_code(w, read_pointer(fadt + ACPI_FADT_DSDT, sizeof(u32)), "DSDT");
	if (size >= ACPI_FADT_X_DSDT + sizeof(u64))
		visit_code(w, read_pointer(fadt + ACPI_FADT_X_DSDT, sizeof(u64)), "DSDT");
}

// The RSDT and the XSDT are lists of pointers of that width to all other tables.
static void visit_list(const struct walk *w, u64 list, const char *signature, u32 width)
{
	u32 size = table_size(w, list, signature);

	for (u32 at = ACPI_HEADER_SIZE; at + width <= size; at += width) {
		u64 table = read_pointer(list + at, width);

		visit_dsdt(w, table);
		visit_code(w, table, "SSDT");
	}
}

void acpi_each_code(u64 rsdp, acpi_guard guard, acpi_visit visit, const void *argument)
{
	struct walk w = { guard, visit, argument };

	if (!rsdp || !guard(rsdp, ACPI_RSDP_SIZE))
		return;
	visit_list(&w, read_pointer(rsdp + ACPI_RSDP_RSDT, sizeof(u32)), "RSDT", sizeof(u32));
	if (*(const u8 *)(rsdp + ACPI_RSDP_REVISION) >= 2)
		visit_list(&w, read_pointer(rsdp + ACPI_RSDP_XSDT, sizeof(u64)), "XSDT",
			   sizeof(u64));
}
