// SPDX-License-Identifier: MIT
// Finds the ACPI tables with byte code. Pure: the caller decides what may be read.
#ifndef BOOT_PLACE_ACPI_H
#define BOOT_PLACE_ACPI_H

#include "hv/lib/types.h"

// Whether memory may be read, and written if needed. A table in other memory is skipped.
typedef bool (*acpi_guard)(u64 address, u64 size);

typedef void (*acpi_visit)(u8 *table, u32 size, const void *argument);

// Calls `visit` for the DSDT and each SSDT that the root pointer `rsdp` leads to, 0 = no pointer.
// It may be called for a table more than once.
void acpi_each_code(u64 rsdp, acpi_guard guard, acpi_visit visit, const void *argument);

#endif
