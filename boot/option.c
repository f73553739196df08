// SPDX-License-Identifier: MIT
#include "boot/option.h"
#include "hv/string.h"

#define HEADER_SIZE 6 // u32 attributes, u16 bytes of the device paths

bool option_parse(const void *variable, size_t size, struct option *option)
{
	const u8 *bytes = variable;
	size_t path_bytes, at = HEADER_SIZE;

	if (size < HEADER_SIZE)
		return false;
	memcpy(&option->attributes, bytes, sizeof(u32));
	path_bytes = bytes[4] | (size_t)bytes[5] << 8;
	option->description = bytes + at;
	while (at + 2 <= size && (bytes[at] || bytes[at + 1]))
		at += 2;
	at += 2;
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

size_t option_after(const u16 *order, size_t count, u16 current)
{
	for (size_t i = 0; i < count; i++)
		if (order[i] == current)
			return i + 1;
	return 0;
}
