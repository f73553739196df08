// SPDX-License-Identifier: MIT
// Starts another EFI program. The loader starts all other programs through this.
#ifndef BOOT_EFI_START_H
#define BOOT_EFI_START_H

#include "boot/efi/volume.h"

struct program {
	const char *label; // for messages
	const struct path_node *path;
	bool by_device; // the path names a device only, whose driver finds the program (network)
	const void *options;
	UINTN options_size;
};

// Loads and starts it by firmware, which verifies it where Secure Boot is on ("EFI_BOOT_SERVICES.
// LoadImage()", UEFI specification). Returns only if it could not be started or has returned,
// which is reported, or if it is this loader itself or a copy.
void start_program(const struct self *self, const struct program *program);

// The same for a file on a volume, without options. Returns false without a message if the file
// does not exist or is this loader.
bool start_file(const struct self *self, EFI_HANDLE volume, const CHAR16 *file);

#endif
