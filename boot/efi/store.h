// SPDX-License-Identifier: MIT
// Writing to a volume: files, their folders, and taking both away again.
#ifndef BOOT_EFI_STORE_H
#define BOOT_EFI_STORE_H

#include <efi.h>

#include "hv/lib/types.h"

// Makes a folder; one that exists is fine.
EFI_STATUS store_folder(EFI_HANDLE volume, const CHAR16 *folder);

// Writes a file, over an older one of that name. After an error the file is gone.
EFI_STATUS store_file(EFI_HANDLE volume, const CHAR16 *file, const void *data, UINTN size);

// Deletes a file or an empty folder. What is not there is fine.
EFI_STATUS store_delete(EFI_HANDLE volume, const CHAR16 *file);

#endif
