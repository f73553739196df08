// SPDX-License-Identifier: MIT
// Sources: boot/place/page_rights.c
// What page tables of 4 and of 5 levels allow, with pages of each size.
#include <stdlib.h>
#include <string.h>

#include "boot/place/page_rights.h"
#include "hv/x86/hostmap.h"
#include "tests/host/test.h"

#define ADDRESS 0x123456789000ULL
#define ALL     (PAGE_READ | PAGE_WRITE | PAGE_EXECUTE)

static u64 *tables[6]; // by level; [0] is the page

static u32 index_at(u32 level)
{
	return ADDRESS >> (12 + 9 * (level - 1)) & 511;
}

static u64 *entry_at(u32 level)
{
	return &tables[level][index_at(level)];
}

static int set_up(void **state)
{
	(void)state;
	for (u32 level = 0; level < 6; level++) {
		tables[level] = aligned_alloc(4096, 4096);
		memset(tables[level], 0, 4096);
	}
	for (u32 level = 1; level < 6; level++)
		*entry_at(level) = (u64)tables[level - 1] | PT_PRESENT | PT_WRITE;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (u32 level = 0; level < 6; level++)
		free(tables[level]);
	return 0;
}

static u32 rights(u32 levels)
{
	return page_rights((u64)tables[levels] | 0x18, levels, ADDRESS + 0x234);
}

static void each_level_counts(void **state)
{
	(void)state;
	for (u32 levels = 4; levels <= 5; levels++) {
		assert_int_equal(rights(levels), ALL);
		for (u32 level = 1; level <= levels; level++) {
			u64 saved = *entry_at(level);

			*entry_at(level) = saved & ~PT_WRITE;
			assert_int_equal(rights(levels), PAGE_READ | PAGE_EXECUTE);
			*entry_at(level) = saved | PT_NX;
			assert_int_equal(rights(levels), PAGE_READ | PAGE_WRITE);
			*entry_at(level) = saved & ~PT_PRESENT;
			assert_int_equal(rights(levels), 0);
			*entry_at(level) = saved;
		}
	}
}

static void large_pages_end_the_walk(void **state)
{
	(void)state;
	*entry_at(2) = 0x200000 | PT_LARGE | PT_PRESENT | PT_NX;
	assert_int_equal(rights(4), PAGE_READ);
	*entry_at(3) = 0x40000000 | PT_LARGE | PT_PRESENT | PT_WRITE;
	assert_int_equal(rights(5), ALL);
}

// Bit 7 of a leaf of 4 KiB is PAT, not the size.
static void pat_is_not_a_size(void **state)
{
	(void)state;
	*entry_at(1) |= PT_LARGE;
	assert_int_equal(rights(4), ALL);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_level_counts),
		TEST(large_pages_end_the_walk),
		TEST(pat_is_not_a_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
