// SPDX-License-Identifier: MIT
// One loader at a time.
#ifndef BOOT_EFI_ONCE_H
#define BOOT_EFI_ONCE_H

#include <efi.h>

#include "hv/lib/types.h"

// Marks this program as running, in the firmware's handle database. False if another copy is
// marked: it has started this one, perhaps through other loaders. Looking for a loader here would
// then find those again, in an endless loop.
bool once_begin(EFI_HANDLE image);

// Removes the mark. Call it before the program returns.
void once_end(EFI_HANDLE image);

#endif
