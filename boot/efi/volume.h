// SPDX-License-Identifier: MIT
// The file systems that firmware can read, and files on them.
#ifndef BOOT_EFI_VOLUME_H
#define BOOT_EFI_VOLUME_H

#include <efi.h>

#include "boot/efi/path.h"

struct volumes {
	EFI_HANDLE *handle;
	UINTN count;
};

// The location of this program: its volume (NULL if it was not loaded from one) and its file there.
struct self {
	EFI_HANDLE image;
	EFI_HANDLE volume;
	u16 file[PATH_TEXT_SIZE]; // "" when unknown
	const u8 *options;        // its load options
	size_t options_size;
};

struct self self_find(EFI_HANDLE image);

// All volumes, `first` before the others when it is not NULL. The list is freed by volumes_free.
struct volumes volumes_list(EFI_HANDLE first);
void volumes_free(struct volumes *v);

// Starts the drivers of all devices, which firmware skips on a fast boot: other disks than the
// boot disk appear only after this. Repeated calls do nothing.
void volumes_wake(void);

// A whole file in memory of the firmware's pool, for FreePool, and its bytes in *size. NULL when it
// is missing, unreadable or longer than `max`; *status, when not NULL, tells which.
void *volume_read(EFI_HANDLE volume, const CHAR16 *file, UINTN max, UINTN *size,
		  EFI_STATUS *status);

bool volume_has(EFI_HANDLE volume, const CHAR16 *file);

const struct path_node *volume_path(EFI_HANDLE volume);

#endif
