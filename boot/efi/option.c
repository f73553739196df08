// SPDX-License-Identifier: MIT
#include "boot/efi/option.h"
#include "hv/lib/string.h"

#define HEADER_SIZE 6 // u32 attributes, u16 bytes of the device paths

// Returns where the description, which starts at `at`, ends, its zero included; more than `size`
// when it has none.
static size_t read_name(const u8 *bytes, size_t at, size_t size, char *name)
{
	size_t n = 0;

	for (; at + 2 <= size && (bytes[at] || bytes[at + 1]); at += 2) {
		bool plain = !bytes[at + 1] && bytes[at] >= ' ' && bytes[at] <= '~';

		if (n + 1 < OPTION_NAME_SIZE)
			name[n++] = plain ? (char)bytes[at] : '?';
	}
	name[n] = 0;
	return at + 2;
}

bool option_parse(const void *variable, size_t size, struct option *option)
{
	const u8 *bytes = variable;
	size_t path_bytes, at;

	if (size < HEADER_SIZE)
		return false;
	memcpy(&option->attributes, bytes, sizeof(u32));
	path_bytes = bytes[4] | (size_t)bytes[5] << 8;
	at = read_name(bytes, HEADER_SIZE, size, option->description);
	if (at > size || path_bytes > size - at || !path_valid(bytes + at, path_bytes))
		return false;
	option->path = (const void *)(bytes + at);
	option->data = bytes + at + path_bytes;
	option->data_size = size - at - path_bytes;
	return true;
}

bool option_is_firmware(const struct option *option)
{
	return (option->attributes & OPTION_CATEGORY) == OPTION_CATEGORY_APP ||
	       path_in_firmware(option->path);
}

size_t option_build(u8 *to, size_t size, const char *description, const struct path_node *path)
{
	size_t name_bytes = 2 * (strlen(description) + 1);
	size_t path_bytes = path_size(path);
	u32 attributes = OPTION_ACTIVE;

	if (HEADER_SIZE + name_bytes + path_bytes > size || path_bytes > UINT16_MAX)
		return 0;
	memcpy(to, &attributes, sizeof(attributes));
	to[4] = (u8)path_bytes;
	to[5] = (u8)(path_bytes >> 8);
	for (size_t i = 0; i < name_bytes; i++)
		to[HEADER_SIZE + i] = i % 2 ? 0 : (u8)description[i / 2];
	memcpy(to + HEADER_SIZE + name_bytes, path, path_bytes);
	return HEADER_SIZE + name_bytes + path_bytes;
}

void option_variable(u16 number, u16 *name)
{
	for (u32 i = 0; i < 4; i++) {
		name[i] = (u8) "Boot"[i];
		name[4 + i] = (u8) "0123456789ABCDEF"[number >> (12 - 4 * i) & 0xf];
	}
	name[8] = 0;
}

size_t option_after(const u16 *order, size_t count, u16 current)
{
	for (size_t i = 0; i < count; i++)
		if (order[i] == current)
			return i + 1;
	return 0;
}
