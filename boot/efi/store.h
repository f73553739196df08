// SPDX-License-Identifier: MIT
// Writes files and folders to a volume, and deletes them.
#ifndef BOOT_EFI_STORE_H
#define BOOT_EFI_STORE_H

#include <efi.h>

#include "hv/lib/types.h"

// Creates a folder; an existing one is not an error.
EFI_STATUS store_folder(EFI_HANDLE volume, const CHAR16 *folder);

// Writes a file, over an older one of that name. After an error the file is gone.
EFI_STATUS store_file(EFI_HANDLE volume, const CHAR16 *file, const void *data, UINTN size);

// Deletes a file or an empty folder. A missing one is not an error.
EFI_STATUS store_delete(EFI_HANDLE volume, const CHAR16 *file);

#endif
