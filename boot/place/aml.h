// SPDX-License-Identifier: MIT
// Names in the byte code of an ACPI table. Pure. ACPI specification: "AML Byte Stream Encoding".
#ifndef BOOT_PLACE_AML_H
#define BOOT_PLACE_AML_H

#include "hv/lib/acpi_tables.h"

// Gives each sleep state in the table that is called `from`, of four characters, the name `to` and
// corrects the table's checksum: Name with a package, Method without arguments, and both names of
// an Alias, with or without root or parent prefix. Returns how many there were; without one nothing
// is written.
u32 aml_rename(u8 *table, u32 size, const char *from, const char *to);

#endif
