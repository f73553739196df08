// SPDX-License-Identifier: MIT
// Boot entries: the contents of the Boot#### variables. Pure. UEFI specification, "Load Options".
#ifndef BOOT_OPTION_H
#define BOOT_OPTION_H

#include "boot/path.h"

#define OPTION_ACTIVE       0x00000001
#define OPTION_CATEGORY     0x00001f00
#define OPTION_CATEGORY_APP 0x00000100 // a menu or a set-up tool, no boot loader

struct option {
	u32 attributes;
	const u8 *description; // UTF-16, zero-terminated, perhaps at an odd address
	const struct path_node *path;
	const u8 *data; // what the loader gets as its load options
	size_t data_size;
};

// Takes the variable's `size` bytes apart. The result points into them. False when malformed.
bool option_parse(const void *variable, size_t size, struct option *option);

// Whether the entry is a part of the firmware: a shell or a set-up menu, and no operating system.
bool option_is_firmware(const struct option *option);

// Where in `order`, of `count` numbers, the entries after `current` start; 0 when it is not there.
size_t option_after(const u16 *order, size_t count, u16 current);

#endif
