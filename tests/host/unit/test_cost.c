// SPDX-License-Identifier: MIT
// What things cost in memory, counted; and that cycles without end cost nothing. Instructions are
// counted by `make unit-count`.
#include "spp/policy.h"
#include "tests/host/unit/machines.h"
#include "tests/host/unit/support.h"

#define POOL_PAGES (64U * 1024 * 1024 / 4096)
#define REGIONS    1000
#define CYCLES     1000000
#define MIB        (1024 * 1024ULL)

struct fixture {
	struct pool *pool;
	struct ept e;
	struct policy p;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->pool = pool_new(POOL_PAGES);
	assert_int_equal(ept_create(&f->e, f->pool, 40, 3, &machines[0].types, BIT(39),
				    BIT(39) + SIZE_1G),
			 0);
	assert_int_equal(policy_init(&f->p, f->pool, &f->e, true), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	policy_destroy(&f->p);
	ept_destroy(&f->e);
	assert_int_equal(f->pool->free_pages, POOL_PAGES);
	pool_delete(f->pool);
	free(f);
	return 0;
}

static void a_thousand_regions_in_9_mib(void **state)
{
	struct fixture *f = *state;
	u32 before = f->pool->free_pages;

	for (u64 i = 0; i < REGIONS; i++)
		assert_int_equal(policy_protect(&f->p, 0, SIZE_1G + i * SIZE_2M + i * 264, 64), 0);
	u64 used = (before - f->pool->free_pages) * PAGE_SIZE;
	print_message("1,000 regions in 1,000 ranges of 2 MiB: %llu KiB\n",
		      (unsigned long long)used / 1024);
	assert_true(used <= 9 * MIB);
	for (u64 i = 0; i < REGIONS; i++)
		assert_int_equal(policy_unprotect(&f->p, 0, SIZE_1G + i * SIZE_2M + i * 264, 64),
				 0);
	policy_reap(&f->p);
	assert_int_equal(f->pool->free_pages, before);
}

static void many_regions_in_one_page(void **state)
{
	struct fixture *f = *state;
	u32 before = f->pool->free_pages;

	for (u64 i = 0; i < 4096; i++)
		assert_int_equal(policy_protect(&f->p, 0, SIZE_1G + i, 1), 0);
	// One EPT and one SPPT path, and 49 pages of nodes.
	assert_true(before - f->pool->free_pages <= 2 + 3 + 49 + 1);
	for (u64 i = 0; i < 4096; i++)
		assert_int_equal(policy_unprotect(&f->p, 0, SIZE_1G + i * 2053 % 4096, 1), 0);
	policy_reap(&f->p);
	assert_int_equal(f->pool->free_pages, before);
}

static void wholly_protected_memory_is_free(void **state)
{
	struct fixture *f = *state;
	u32 before = f->pool->free_pages;

	assert_int_equal(policy_protect(&f->p, 0, 16 * SIZE_1G, 64 * SIZE_1G), 0);
	assert_int_equal(before - f->pool->free_pages, 1); // the region's node
}

static void the_map_is_small(void **state)
{
	struct fixture *f = *state;
	struct ept e;

	// 1 TiB: the root, two PDPTs, and what the low MiB and the types' borders need.
	assert_true(f->e.tables.used <= 8);
	assert_int_equal(ept_create(&e, f->pool, 46, 3, &machines[2].types, 0x77000000, 0x78000000),
			 0);
	assert_true(e.tables.used <= 128 + 10);
	ept_destroy(&e);
}

static void cycles_cost_nothing(void **state)
{
	struct fixture *f = *state;
	u32 after_first = 0;

	assert_int_equal(policy_protect(&f->p, 0, SIZE_1G + 99, 5), 0);
	u32 before = f->pool->free_pages;
	for (u32 i = 0; i < CYCLES; i++) {
		u64 gpa = SIZE_1G + (i % 7) * SIZE_2M + i * 40503ULL % SIZE_2M;

		assert_int_equal(policy_protect(&f->p, 0, gpa, 64), 0);
		if (i % 3 == 0)
			policy_reap(&f->p);
		assert_int_equal(policy_unprotect(&f->p, 0, gpa, 64), 0);
		policy_reap(&f->p);
		if (i == 0)
			after_first = f->pool->free_pages;
	}
	assert_int_equal(after_first, before);
	assert_int_equal(f->pool->free_pages, before);
}

static void access_cycles_cost_nothing(void **state)
{
	struct fixture *f = *state;
	u32 before = f->pool->free_pages;
	u32 maps[512];

	for (u32 i = 0; i < 2000; i++) {
		for (u32 k = 0; k < 512; k++)
			maps[k] = (i + k) * 2654435761U;
		assert_int_equal(policy_access_set(&f->p, SIZE_1G + i % 512 * PAGE_SIZE, 512, maps),
				 0);
		memset(maps, i % 2 ? 0 : 0xff, sizeof(maps));
		assert_int_equal(policy_access_set(&f->p, SIZE_1G + i % 512 * PAGE_SIZE, 512, maps),
				 0);
		memset(maps, 0xff, sizeof(maps));
		assert_int_equal(policy_access_set(&f->p, SIZE_1G + i % 512 * PAGE_SIZE, 512, maps),
				 0);
		policy_reap(&f->p);
		assert_int_equal(f->pool->free_pages, before);
	}
}

#define COST_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COST_TEST(a_thousand_regions_in_9_mib),
		COST_TEST(many_regions_in_one_page),
		COST_TEST(wholly_protected_memory_is_free),
		COST_TEST(the_map_is_small),
		COST_TEST(cycles_cost_nothing),
		COST_TEST(access_cycles_cost_nothing),
	};

	return cmocka_run_group_tests_name("cost", tests, NULL, NULL);
}
