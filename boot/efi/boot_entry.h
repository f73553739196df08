// SPDX-License-Identifier: MIT
// Our own entry in the firmware's boot order. UEFI specification, "Boot Manager".
#ifndef BOOT_EFI_BOOT_ENTRY_H
#define BOOT_EFI_BOOT_ENTRY_H

#include "boot/efi/volume.h"

// Makes an entry for a file on a disk partition and puts it first; an older entry for that file is
// replaced. *number says which Boot#### it is. On an error nothing has changed.
EFI_STATUS entry_add(EFI_HANDLE volume, const CHAR16 *file, u16 *number);

// Removes all entries for a file of that name, on whatever volume. Returns how many there were.
u32 entry_remove(const CHAR16 *file);

#endif
