// SPDX-License-Identifier: MIT
// Sources: boot/place/image.c hv/x86/hostmap.c hv/lib/pool.c
// Laying the image out in the reserved block, judged by a page walk of our own.
#include <stdlib.h>
#include <string.h>

#include "boot/place/image.h"
#include "hv/x86/hostmap.h"
#include "tests/host/test.h"

#define BLOCK_SIZE (4 * SIZE_2M)
#define TEXT_END   0x2a08
#define RODATA     0x3000
#define FILE_SIZE  (TEXT_END + 0x1210)
#define ENTRY      0x1ff0
#define ENTRY_SIZE 0x20 // over a page boundary

static u8 file[FILE_SIZE];
static u8 *block;

static struct image_header *header(void)
{
	return (void *)file;
}

static void make_file(void)
{
	for (u32 i = 0; i < FILE_SIZE; i++)
		file[i] = (u8)(i * 7 + 1);
	*header() = (struct image_header){
		.magic = HV_IMAGE_MAGIC,
		.entry = ENTRY,
		.entry_size = ENTRY_SIZE,
		.rodata = RODATA,
		.data = 0x4000,
		.text_end = TEXT_END,
		.file_size = FILE_SIZE,
		.end = 0x6000,
	};
}

// The leaf entry for va, or 0: what a CPU would find from cr3 on.
static u64 walk(u64 cr3, u64 va)
{
	u64 entry = cr3 | PT_PRESENT;

	for (int shift = 39; shift >= 12; shift -= 9) {
		if (!(entry & PT_PRESENT))
			return 0;
		assert_false(entry & PT_LARGE);
		entry = ((u64 *)(entry & PT_ADDR))[va >> shift & 511];
	}
	return entry;
}

static int make_block(void **state)
{
	(void)state;
	make_file();
	block = aligned_alloc(SIZE_2M, BLOCK_SIZE);
	memset(block, 0xcc, BLOCK_SIZE);
	return 0;
}

static int free_block(void **state)
{
	(void)state;
	free(block);
	return 0;
}

static void contents(void **state)
{
	struct placement p;

	(void)state;
	assert_true(image_valid(file, FILE_SIZE));
	assert_true(image_place(file, block, BLOCK_SIZE, &p));
	assert_memory_equal(block, file, TEXT_END);
	assert_memory_equal(block + RODATA, file + TEXT_END, FILE_SIZE - TEXT_END);
	for (u64 i = TEXT_END; i < RODATA; i++)
		assert_int_equal(block[i], 0);
	for (u64 i = RODATA + FILE_SIZE - TEXT_END; i < header()->end; i++)
		assert_int_equal(block[i], 0);
	assert_ptr_equal((void *)p.entry, block + ENTRY);
	assert_ptr_equal(p.info, block + header()->end);
	assert_int_equal(p.info->block_pa, (u64)block);
	assert_int_equal(p.info->block_size, BLOCK_SIZE);
	assert_int_equal(p.info->cpus, 0);
	assert_int_equal(p.info->pool_offset % PAGE_SIZE, 0);
	assert_int_equal(block[p.info->pool_offset], 0xcc);
	assert_int_equal(block[p.info->pool_offset - 1], 0); // the last table's last entry
}

static void mappings(void **state)
{
	struct placement p;
	u64 cr3, entry_page = (u64)block + ALIGN_DOWN(ENTRY, PAGE_SIZE);

	(void)state;
	assert_true(image_place(file, block, BLOCK_SIZE, &p));
	cr3 = p.info->host_cr3;
	for (u64 at = 0; at < BLOCK_SIZE; at += PAGE_SIZE) {
		u64 leaf = walk(cr3, HV_BASE + at);
		u64 flags = at < header()->rodata ? HOST_RX
			    : at < header()->data ? HOST_R
						  : HOST_RW;

		assert_int_equal(leaf, ((u64)block + at) | flags);
	}
	assert_int_equal(walk(cr3, HV_BASE + BLOCK_SIZE), 0);
	assert_int_equal(walk(cr3, HV_BASE - PAGE_SIZE), 0);
	assert_int_equal(walk(cr3, entry_page), entry_page | HOST_RX);
	assert_int_equal(walk(cr3, entry_page + PAGE_SIZE), (entry_page + PAGE_SIZE) | HOST_RX);
	assert_int_equal(walk(cr3, entry_page - PAGE_SIZE), 0);
	assert_int_equal(walk(cr3, entry_page + 2 * PAGE_SIZE), 0);
}

static void too_small(void **state)
{
	struct placement p;

	(void)state;
	header()->end = SIZE_2M;
	assert_false(image_place(file, block, SIZE_2M, &p));
	// Room for the image, but not for the page tables.
	header()->end = SIZE_2M - 2 * PAGE_SIZE;
	assert_false(image_place(file, block, SIZE_2M, &p));
}

static void damaged(void **state)
{
	static const struct {
		size_t field;
		u64 value;
	} faults[] = {
		{ offsetof(struct image_header, magic), 0 },
		{ offsetof(struct image_header, entry), UINT64_MAX },
		{ offsetof(struct image_header, entry), TEXT_END - ENTRY_SIZE + 8 },
		{ offsetof(struct image_header, entry_size), 0 },
		{ offsetof(struct image_header, entry_size), UINT64_MAX },
		{ offsetof(struct image_header, rodata), 0x3001 },
		{ offsetof(struct image_header, rodata), 0x5000 },
		{ offsetof(struct image_header, data), 0x7000 },
		{ offsetof(struct image_header, text_end), 0x3008 },
		{ offsetof(struct image_header, text_end), FILE_SIZE + 8 },
		{ offsetof(struct image_header, text_end), ENTRY + ENTRY_SIZE - 8 },
		{ offsetof(struct image_header, file_size), FILE_SIZE + 1 },
		{ offsetof(struct image_header, end), 0x3000 },
		{ offsetof(struct image_header, end), 0x6008 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		make_file();
		memcpy(file + faults[i].field, &faults[i].value, sizeof(u64));
		if (image_valid(file, FILE_SIZE))
			fail_msg("fault %zu was not seen", i);
	}
	make_file();
	assert_false(image_valid(file, FILE_SIZE - 1));
	assert_false(image_valid(file, sizeof(struct image_header) - 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_block, free_block)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(contents),
		TEST(mappings),
		TEST(too_small),
		TEST(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
