// SPDX-License-Identifier: MIT
// One loader at a time.
#ifndef BOOT_EFI_ONCE_H
#define BOOT_EFI_ONCE_H

#include <efi.h>

#include "hv/lib/types.h"

// Marks this program as running, in firmware's handle database. False when another copy of it is,
// which then started, perhaps by way of others, this one: to look for a loader here would find
// those others, which would start this one, without end.
bool once_begin(EFI_HANDLE image);

// Takes the mark away. Before the program returns.
void once_end(EFI_HANDLE image);

#endif
