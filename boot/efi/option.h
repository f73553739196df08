// SPDX-License-Identifier: MIT
// Boot entries: the contents of the Boot#### variables. Pure. UEFI specification, "Load Options".
#ifndef BOOT_EFI_OPTION_H
#define BOOT_EFI_OPTION_H

#include "boot/efi/path.h"

#define OPTION_ACTIVE        0x00000001
#define OPTION_CATEGORY      0x00001f00
#define OPTION_CATEGORY_APP  0x00000100 // a menu or a set-up tool, no boot loader

#define OPTION_NAME_SIZE     48
#define OPTION_VARIABLE_SIZE 9 // characters of "Boot####", the closing zero included

struct option {
	u32 attributes;
	char description[OPTION_NAME_SIZE]; // in ASCII, cut, other characters as '?'
	const struct path_node *path;
	const u8 *data; // what the loader gets as its load options
	size_t data_size;
};

// Parses the variable's `size` bytes. path and data point into them. False when malformed.
bool option_parse(const void *variable, size_t size, struct option *option);

// Whether the entry is a part of the firmware: a shell or a set-up menu, and no operating system.
bool option_is_firmware(const struct option *option);

// Makes an active entry without load options in `to` of `size` bytes. Returns its bytes; 0 when it
// does not fit.
size_t option_build(u8 *to, size_t size, const char *description, const struct path_node *path);

// The name of the variable of boot entry `number`, in UTF-16.
void option_variable(u16 number, u16 *name);

// Where in `order`, of `count` numbers, the entries after `current` start; 0 if it is not in the
// list.
size_t option_after(const u16 *order, size_t count, u16 current);

#endif
