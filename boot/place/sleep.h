// SPDX-License-Identifier: MIT
// Hides sleep state S3 from the operating system. CPUs wake from S3 without VMX, so Tessera would
// be gone. Every system can handle a machine without S3.
#ifndef BOOT_PLACE_SLEEP_H
#define BOOT_PLACE_SLEEP_H

#include "hv/lib/types.h"

// Hides S3 in the ACPI tables in memory, from their root pointer on, or shows it again. Does
// nothing if that is impossible.
void sleep_hide(u64 rsdp);
void sleep_show(u64 rsdp);

#endif
