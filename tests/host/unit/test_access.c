// SPDX-License-Identifier: MIT
// Access maps against a plain array, and the memory they take: none where all is open.
#include "spp/access_map.h"
#include "tests/host/unit/support.h"

#define POOL_PAGES 128
#define OPEN       0xffffffffU
#define WINDOW     2048 // pages, across the borders of units and of the directory's levels

static const u64 bases[] = { 0, 0x7fc00000, BIT(31) * 256 - SIZE_2M * 2,
			     BIT(48) - 2048 * PAGE_SIZE };

static void like_an_array(void **state)
{
	struct pool *p = pool_new(POOL_PAGES);
	static u32 naive[WINDOW], maps[512];
	struct access_maps a;

	(void)state;
	seed_random("access", 51);
	access_init(&a, p);
	for (u32 b = 0; b < ARRAY_SIZE(bases); b++) {
		memset(naive, 0xff, sizeof(naive));
		for (u32 i = 0; i < 600; i++) {
			u32 pages = 1 + random_log(512), first = random_below(WINDOW - pages + 1);
			u64 gpa = bases[b] + first * PAGE_SIZE;
			u32 kind = random_below(3), open = 0;

			for (u32 k = 0; k < pages; k++)
				maps[k] = kind == 0   ? OPEN
					  : kind == 1 ? random64()
						      : random64() | OPEN;
			assert_int_equal(access_reserve(&a, gpa, pages, maps), 0);
			access_store(&a, gpa, pages, maps);
			access_trim(&a, gpa, pages);
			memcpy(naive + first, maps, pages * sizeof(*maps));
			for (u32 k = 0; k < WINDOW; k++) {
				assert_int_equal(access_map(&a, bases[b] + k * PAGE_SIZE + 9),
						 naive[k]);
				open += naive[k] == OPEN;
			}
			assert_int_equal(a.pages, WINDOW - open);
			u64 size = pages * PAGE_SIZE;
			bool all = true;
			for (u32 k = first; k < first + pages; k++)
				all &= naive[k] == OPEN;
			assert_int_equal(access_is_open(&a, gpa, size), all);
		}
		assert_int_equal(access_map(&a, bases[b] ^ BIT(46)), OPEN);
		memset(maps, 0xff, sizeof(maps));
		for (u32 k = 0; k < WINDOW; k += 512) {
			access_store(&a, bases[b] + k * PAGE_SIZE, 512, maps);
			access_trim(&a, bases[b] + k * PAGE_SIZE, 512);
		}
		assert_int_equal(a.pages, 0);
		assert_int_equal(p->free_pages, POOL_PAGES);
		assert_null(a.root);
	}
	pool_delete(p);
}

static void runs_end_with_their_unit(void **state)
{
	struct pool *p = pool_new(POOL_PAGES);
	struct access_maps a;
	u32 run, map = 7;

	(void)state;
	access_init(&a, p);
	assert_null(access_run(&a, 0x3ff000, &run));
	assert_int_equal(run, 1);
	assert_null(access_run(&a, 0x400000, &run));
	assert_int_equal(run, 1024);
	assert_int_equal(access_reserve(&a, 0x401000, 1, &map), 0);
	access_store(&a, 0x401000, 1, &map);
	const u32 *maps = access_run(&a, 0x400000, &run);
	assert_int_equal(maps[0], OPEN);
	assert_int_equal(maps[1], 7);
	access_destroy(&a);
	assert_int_equal(p->free_pages, POOL_PAGES);
	pool_delete(p);
}

static void no_memory_is_given_back(void **state)
{
	struct pool *p = pool_new(POOL_PAGES);
	struct access_maps a;
	u32 maps[512] = { 0 };
	u64 gpa = BIT(31) - 256 * PAGE_SIZE; // two units under two directories

	(void)state;
	access_init(&a, p);
	for (u32 n = 1; n <= 6; n++) {
		p->fail_after = n;
		assert_int_equal(access_reserve(&a, gpa, 512, maps), TESSERA_NO_MEMORY);
		access_trim(&a, gpa, 512);
		assert_int_equal(p->free_pages, POOL_PAGES);
	}
	p->fail_after = 7;
	assert_int_equal(access_reserve(&a, gpa, 512, maps), TESSERA_OK);
	access_trim(&a, gpa, 512); // reserved, and never used
	assert_int_equal(p->free_pages, POOL_PAGES);
	memset(maps, 0xff, sizeof(maps));
	p->fail_after = 1;
	assert_int_equal(access_reserve(&a, gpa, 512, maps), TESSERA_OK); // needs none
	pool_delete(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(like_an_array),
		cmocka_unit_test(runs_end_with_their_unit),
		cmocka_unit_test(no_memory_is_given_back),
	};

	return cmocka_run_group_tests_name("access maps", tests, NULL, NULL);
}
