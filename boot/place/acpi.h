// SPDX-License-Identifier: MIT
// The tables with byte code among firmware's ACPI tables. Pure: what it reads, its caller allows.
#ifndef BOOT_PLACE_ACPI_H
#define BOOT_PLACE_ACPI_H

#include "hv/lib/types.h"

// Whether memory can be read, and written where that has to be. A table elsewhere is passed over.
typedef bool (*acpi_guard)(u64 address, u64 size);

typedef void (*acpi_visit)(u8 *table, u32 size, const void *argument);

// Calls `visit` with the DSDT and with each SSDT that hang on the root pointer `rsdp`, 0 = none.
// A table may come more than once.
void acpi_each_code(u64 rsdp, acpi_guard guard, acpi_visit visit, const void *argument);

#endif
