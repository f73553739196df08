// SPDX-License-Identifier: MIT
// The hypervisor's image and how it is laid out in the reserved block. Pure, but for taking
// pointers for physical addresses, as firmware maps them.
#ifndef BOOT_PLACE_IMAGE_H
#define BOOT_PLACE_IMAGE_H

#include "hv/lib/boot_info.h"

// The image that travels in this program (boot/place/payload.asm).
extern const u8 payload[];
extern const u8 payload_end[];

struct placement {
	struct boot_info *info; // in the block; the caller fills in all but the memory fields
	boot_entry entry;
	u64 entry_size; // bytes from there that run under the firmware's page tables
};

// Whether [image, image + size) starts with a header that fits its size.
bool image_valid(const u8 *image, u64 size);

// Copies a valid image to the start of [block, block + size), puts the boot_info and the page
// tables after it, and fills in the boot_info's memory fields. Block and size are 2 MiB aligned.
// False when the block is too small.
bool image_place(const u8 *image, u8 *block, u64 size, struct placement *placement);

#endif
