// SPDX-License-Identifier: MIT
// Sleep state S3 and the operating system. A CPU wakes from it without VMX, so Tessera would
// be gone: the system finds that the machine has no S3, which every system knows how to live with.
#ifndef BOOT_PLACE_SLEEP_H
#define BOOT_PLACE_SLEEP_H

#include "hv/lib/types.h"

// Hides S3 in the ACPI tables in memory, from their root pointer on, or shows it again. Where that
// is impossible nothing happens.
void sleep_hide(u64 rsdp);
void sleep_show(u64 rsdp);

#endif
