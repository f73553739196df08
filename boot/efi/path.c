// SPDX-License-Identifier: MIT
#include "boot/efi/path.h"
#include "hv/lib/string.h"

#define SEPARATOR '\\'

// HD(): where its fields lie in the node ("Hard Drive", UEFI specification).
#define DISK_NODE_SIZE      42
#define DISK_NUMBER         4 // u32
#define DISK_SIGNATURE      24
#define DISK_SIGNATURE_SIZE 16
#define DISK_SIGNATURE_KIND 41

static size_t node_size(const struct path_node *node)
{
	return node->length[0] | (size_t)node->length[1] << 8;
}

static bool is_end(const struct path_node *node)
{
	return node->type == PATH_END && node->subtype == PATH_END_WHOLE;
}

static bool is_media(const struct path_node *node, u8 subtype)
{
	return node->type == PATH_MEDIA && node->subtype == subtype;
}

const struct path_node *path_next(const struct path_node *node)
{
	return (const void *)((const u8 *)node + node_size(node));
}

bool path_valid(const void *path, size_t size)
{
	const struct path_node *node = path;

	while (size >= sizeof(*node) && node_size(node) >= sizeof(*node) &&
	       node_size(node) <= size) {
		if (is_end(node))
			return true;
		size -= node_size(node);
		node = path_next(node);
	}
	return false;
}

static const struct path_node *path_end(const struct path_node *path)
{
	while (!is_end(path))
		path = path_next(path);
	return path;
}

size_t path_size(const struct path_node *path)
{
	return (size_t)((const u8 *)path_next(path_end(path)) - (const u8 *)path);
}

void path_close(struct path_node *last, size_t size)
{
	last->length[0] = (u8)size;
	last->length[1] = (u8)(size >> 8);
	*(struct path_node *)path_next(last) = (struct path_node){
		.type = PATH_END,
		.subtype = PATH_END_WHOLE,
		.length = { sizeof(struct path_node) },
	};
}

static const struct path_node *find_node(const struct path_node *path, u8 subtype)
{
	while (!is_end(path) && !is_media(path, subtype))
		path = path_next(path);
	return is_end(path) ? NULL : path;
}

bool path_in_firmware(const struct path_node *path)
{
	return find_node(path, PATH_FIRMWARE);
}

enum path_kind path_kind(const struct path_node *path)
{
	if (path->type == PATH_LEGACY)
		return PATH_KIND_LEGACY;
	if (is_media(path, PATH_DISK))
		return PATH_KIND_SHORT_DISK;
	if (is_media(path, PATH_FILE))
		return PATH_KIND_SHORT_FILE;
	if (find_node(path, PATH_FILE) || path_in_firmware(path))
		return PATH_KIND_FULL;
	return PATH_KIND_DEVICE;
}

bool path_starts_with(const struct path_node *path, const struct path_node *prefix)
{
	size_t size = (size_t)((const u8 *)path_end(prefix) - (const u8 *)prefix);

	return path_size(path) >= size && memcmp(path, prefix, size) == 0;
}

const struct path_node *path_disk(const struct path_node *path)
{
	return find_node(path, PATH_DISK);
}

bool path_same_disk(const struct path_node *a, const struct path_node *b)
{
	const u8 *x = (const u8 *)a, *y = (const u8 *)b;

	return node_size(a) >= DISK_NODE_SIZE && node_size(b) >= DISK_NODE_SIZE &&
	       memcmp(x + DISK_NUMBER, y + DISK_NUMBER, sizeof(u32)) == 0 &&
	       memcmp(x + DISK_SIGNATURE, y + DISK_SIGNATURE, DISK_SIGNATURE_SIZE) == 0 &&
	       x[DISK_SIGNATURE_KIND] == y[DISK_SIGNATURE_KIND];
}

// Nodes are packed, so their UTF-16 may lie at odd addresses.
static u16 node_char(const struct path_node *node, size_t i)
{
	const u8 *bytes = (const u8 *)(node + 1) + 2 * i;

	return (u16)(bytes[0] | bytes[1] << 8);
}

bool path_file(const struct path_node *path, u16 *to)
{
	size_t n = 0;

	for (; !is_end(path); path = path_next(path)) {
		size_t chars = (node_size(path) - sizeof(*path)) / sizeof(u16);

		if (!is_media(path, PATH_FILE))
			continue;
		if (n + chars + 2 > PATH_TEXT_SIZE)
			return false;
		if (n && to[n - 1] != SEPARATOR && chars && node_char(path, 0) != SEPARATOR)
			to[n++] = SEPARATOR;
		for (size_t i = 0; i < chars && node_char(path, i); i++)
			to[n++] = node_char(path, i);
	}
	to[n] = 0;
	return n != 0;
}

static bool is_separator(u16 c)
{
	return c == SEPARATOR || c == '/';
}

static u16 fold_case(u16 c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static const u16 *skip_separators(const u16 *text)
{
	while (is_separator(*text))
		text++;
	return text;
}

bool path_same_file(const u16 *a, const u16 *b)
{
	a = skip_separators(a);
	b = skip_separators(b);
	while (*a && *b) {
		if (is_separator(*a) && is_separator(*b)) {
			a = skip_separators(a);
			b = skip_separators(b);
		} else if (fold_case(*a++) != fold_case(*b++)) {
			return false;
		}
	}
	return *a == *b;
}
