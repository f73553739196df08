// SPDX-License-Identifier: MIT
// Device paths: which disk, partition and file a boot entry means. Pure. UEFI specification,
// "Device Path Protocol" and "Media Device Path".
#ifndef BOOT_EFI_PATH_H
#define BOOT_EFI_PATH_H

#include "hv/lib/types.h"

// One node of a device path; a path is a run of them that an end node closes.
struct path_node {
	u8 type, subtype;
	u8 length[2]; // bytes, this header included; not aligned
};

#define PATH_MEDIA     0x04
#define PATH_DISK      0x01 // a partition by its signature: HD()
#define PATH_FILE      0x04
#define PATH_FIRMWARE  0x06 // a file in a firmware volume
#define PATH_LEGACY    0x05 // a type: a loader for the firmware before UEFI
#define PATH_END       0x7f
#define PATH_END_WHOLE 0xff

#define PATH_TEXT_SIZE 256 // characters of a file's path, the closing zero included

enum path_kind {
	PATH_KIND_FULL,       // a device, or the firmware, and a file on it
	PATH_KIND_DEVICE,     // a device without a file: removable disk or network card
	PATH_KIND_SHORT_DISK, // starts with HD(): the disk may be at any place in the machine
	PATH_KIND_SHORT_FILE, // starts with the file: on any volume
	PATH_KIND_LEGACY,
};

// Whether `size` bytes hold a well-formed path. The other functions take well-formed ones only.
bool path_valid(const void *path, size_t size);

// Its bytes, the end node included.
size_t path_size(const struct path_node *path);

// Makes the node `size` bytes long and closes the path behind it: there is room for an end node.
void path_close(struct path_node *last, size_t size);

const struct path_node *path_next(const struct path_node *node);

enum path_kind path_kind(const struct path_node *path);

// Whether the file lies in a firmware volume.
bool path_in_firmware(const struct path_node *path);

// Whether `path` begins with all the nodes of `prefix`.
bool path_starts_with(const struct path_node *path, const struct path_node *prefix);

// The HD() node of a path, or NULL.
const struct path_node *path_disk(const struct path_node *path);

// Whether two HD() nodes name the same partition: number, kind of signature and signature.
bool path_same_disk(const struct path_node *a, const struct path_node *b);

// The file nodes of a path, joined by backslashes, as zero-terminated UTF-16 in `to` of
// PATH_TEXT_SIZE characters. False when there is no file or it does not fit.
bool path_file(const struct path_node *path, u16 *to);

// Whether two file paths mean the same file on a FAT volume: letters in any case, / as \, and
// doubled or leading separators ignored.
bool path_same_file(const u16 *a, const u16 *b);

#endif
