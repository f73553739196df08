// SPDX-License-Identifier: MIT
// Starting another EFI program: the one way in which this loader hands the machine on.
#ifndef BOOT_EFI_START_H
#define BOOT_EFI_START_H

#include "boot/efi/volume.h"

struct program {
	const char *label; // for people
	const struct path_node *path;
	bool by_device; // the path names a device only, whose driver finds the program (network)
	const void *options;
	UINTN options_size;
};

// Loads and starts it by firmware, which verifies it where Secure Boot is on ("EFI_BOOT_SERVICES.
// LoadImage()", UEFI specification). Comes back only when it could not be started, which is said,
// when it ended and returned, which is said too, or when it is this loader itself or a copy.
void start_program(const struct self *self, const struct program *program);

// The same for a file on a volume, without options. Says nothing and returns false when the file is
// not there or is this loader.
bool start_file(const struct self *self, EFI_HANDLE volume, const CHAR16 *file);

#endif
