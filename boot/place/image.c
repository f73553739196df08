// SPDX-License-Identifier: MIT
#include "boot/place/image.h"
#include "hv/lib/string.h"
#include "hv/x86/hostmap.h"

static bool is_page(u64 offset)
{
	return offset % PAGE_SIZE == 0;
}

bool image_valid(const u8 *image, u64 size)
{
	struct image_header h;

	if (size < sizeof(h))
		return false;
	memcpy(&h, image, sizeof(h));
	return h.magic == HV_IMAGE_MAGIC && h.file_size == size && is_page(h.rodata) &&
	       is_page(h.data) && is_page(h.end) && h.text_end <= h.rodata && h.rodata <= h.data &&
	       h.data <= h.end && h.text_end <= size && size - h.text_end <= h.end - h.rodata &&
	       h.entry_size && h.entry + h.entry_size > h.entry &&
	       h.entry + h.entry_size <= h.text_end;
}

static void copy_image(const u8 *image, const struct image_header *h, u8 *block, u64 used)
{
	u64 constants = h->file_size - h->text_end;

	memcpy(block, image, h->text_end);
	memset(block + h->text_end, 0, h->rodata - h->text_end);
	memcpy(block + h->rodata, image + h->text_end, constants);
	memset(block + h->rodata + constants, 0, used - h->rodata - constants);
}

// In root mode no code is writable and no data is executable.
static bool map_block(struct pool *pool, u64 *root, const struct image_header *h, u64 pa, u64 size)
{
	u64 entry = ALIGN_DOWN(pa + h->entry, PAGE_SIZE);
	u64 entry_end = ALIGN_UP(pa + h->entry + h->entry_size, PAGE_SIZE);

	return hostmap_map(pool, root, HV_BASE, pa, h->rodata, HOST_RX) &&
	       hostmap_map(pool, root, HV_BASE + h->rodata, pa + h->rodata, h->data - h->rodata,
			   HOST_R) &&
	       hostmap_map(pool, root, HV_BASE + h->data, pa + h->data, size - h->data, HOST_RW) &&
	       hostmap_map(pool, root, entry, entry, entry_end - entry, HOST_RX);
}

bool image_place(const u8 *image, u8 *block, u64 size, struct placement *placement)
{
	const struct image_header *h = (const void *)image;
	u64 tables = h->end + ALIGN_UP(sizeof(struct boot_info), PAGE_SIZE);
	struct boot_info *info = (void *)(block + h->end);
	u64 pa = (u64)block;
	struct pool pool;
	u64 *root;

	if (tables >= size)
		return false;
	copy_image(image, h, block, tables);
	pool_init(&pool, block + tables, pa + tables, size - tables);
	root = pool_alloc(&pool);
	if (!root || !map_block(&pool, root, h, pa, size))
		return false;
	info->block_pa = pa;
	info->block_size = size;
	info->pool_offset = tables + pool.fresh;
	info->host_cr3 = (u64)root;
	placement->info = info;
	placement->entry = (boot_entry)(pa + h->entry);
	placement->entry_size = h->entry_size;
	return true;
}
