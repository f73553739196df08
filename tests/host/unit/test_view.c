// SPDX-License-Identifier: MIT
// Step views: one page differs, everything else is the shared map, closed to stores, and nobody
// else sees the shared map changed.
#include "ept/entry.h"
#include "ept/view.h"
#include "tests/host/unit/machines.h"
#include "tests/host/unit/reference.h"
#include "tests/host/unit/support.h"

#define POOL_PAGES 2048
#define BASE       (4 * SIZE_1G)

struct fixture {
	struct pool *pool;
	struct ept e;
	struct view v;
	u32 before;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->pool = pool_new(POOL_PAGES);
	assert_int_equal(ept_create(&f->e, f->pool, 46, 3, &machines[2].types, 0x77000000,
				    0x78000000),
			 0);
	f->before = f->pool->free_pages;
	assert_int_equal(view_create(&f->v, &f->e), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	view_destroy(&f->v);
	ept_destroy(&f->e);
	assert_int_equal(f->pool->free_pages, POOL_PAGES);
	pool_delete(f->pool);
	free(f);
	return 0;
}

static struct ref_walk through(const struct fixture *f, const u64 *root, u64 gpa)
{
	return ref_ept(f->pool, root, 46, gpa);
}

static u64 entry_to(u64 hpa)
{
	return hpa | EPT_RWX | 6 << EPT_TYPE_SHIFT | EPT_NO_VE;
}

// The same, but for the right to write.
static void check_same(const struct fixture *f, u64 gpa)
{
	struct ref_walk a = through(f, f->e.root, gpa), b = through(f, f->v.root, gpa);

	assert_int_equal(a.outcome, b.outcome);
	assert_int_equal(a.rights & ~2U, b.rights);
	assert_int_equal(a.hpa, b.hpa);
	assert_int_equal(a.type, b.type);
	assert_int_equal(a.spp, b.spp);
}

static void check_elsewhere(const struct fixture *f)
{
	static const u64 near[] = { 0,           0xa0000,  SIZE_2M,        0x77000000,
				    0x80000000,  BASE - 1, BASE + SIZE_2M, BASE + SIZE_1G,
				    6 * SIZE_1G, BIT(45) };

	for (u32 i = 0; i < ARRAY_SIZE(near); i++)
		check_same(f, near[i]);
}

static void an_open_page_is_open_here_only(void **state)
{
	struct fixture *f = *state;
	u64 gpa = BASE + 5 * PAGE_SIZE;

	assert_int_equal(ept_split(&f->e, BASE, SIZE_2M, 1), 0);
	ept_set_write(&f->e, BASE, SIZE_2M, 0);
	assert_int_equal(view_open(&f->v, gpa + 77, entry_to(gpa)), 0);
	assert_int_equal(through(f, f->v.root, gpa).rights, 7);
	assert_int_equal(through(f, f->e.root, gpa).rights, 5);
	check_same(f, gpa - 1);
	check_same(f, gpa + PAGE_SIZE);
	check_elsewhere(f);
	view_close(&f->v);
	check_same(f, gpa);
	check_elsewhere(f);
}

static void a_page_can_show_other_memory(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(view_open(&f->v, BASE, entry_to(0x66000)), 0); // in a 1 GiB leaf
	assert_int_equal(through(f, f->v.root, BASE + 9).hpa, 0x66009);
	assert_int_equal(through(f, f->e.root, BASE).size, SIZE_1G);
	check_same(f, BASE + PAGE_SIZE);
	check_same(f, BASE + SIZE_2M);
	check_elsewhere(f);
	assert_int_equal(view_open(&f->v, BASE, entry_to(0x77000)), 0); // another one, still open
	assert_int_equal(f->v.pages, 1);
	assert_int_equal(through(f, f->v.root, BASE).hpa, 0x77000);
	view_close(&f->v);
	check_same(f, BASE);
}

static void sixteen_pages_far_apart(void **state)
{
	struct fixture *f = *state;

	for (u64 i = 0; i < VIEW_PAGES; i++)
		assert_int_equal(view_open(&f->v, i << 40, entry_to(0x66000)), 0);
	assert_int_equal(view_open(&f->v, BIT(45) + SIZE_1G, entry_to(0x66000)), TESSERA_LIMIT);
	for (u64 i = 0; i < VIEW_PAGES; i++)
		assert_int_equal(through(f, f->v.root, i << 40).hpa, 0x66000);
	view_close(&f->v);
	for (u64 i = 0; i < VIEW_PAGES; i++)
		check_same(f, i << 40);
	// The stock is full of closed paths now. New ones take their place.
	for (u64 round = 1; round < 5; round++) {
		for (u64 i = 0; i < VIEW_PAGES; i++)
			assert_int_equal(view_open(&f->v, (i << 40) + round * SIZE_1G,
						   entry_to(0x66000)),
					 0);
		for (u64 i = 0; i < VIEW_PAGES; i++)
			assert_int_equal(through(f, f->v.root, (i << 40) + round * SIZE_1G).hpa,
					 0x66000);
		view_close(&f->v);
	}
}

static void an_unchanged_map_is_not_copied_again(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(view_open(&f->v, BASE, entry_to(BASE)), 0);
	view_close(&f->v);
	u32 pages = f->pool->free_pages, tables = f->v.tables;
	f->v.table[0][100] ^= BIT(52); // a mark: software's own bit
	assert_int_equal(view_open(&f->v, BASE + PAGE_SIZE, entry_to(BASE)), 0);
	assert_int_equal(f->v.tables, tables);
	assert_int_equal(f->pool->free_pages, pages);
	assert_true(f->v.table[0][100] & BIT(52));
	view_close(&f->v);
	ept_split(&f->e, BASE + SIZE_1G, SIZE_2M, 1); // the map changes somewhere
	u32 after_split = f->pool->free_pages;
	assert_int_equal(view_open(&f->v, BASE, entry_to(BASE)), 0);
	assert_false(f->v.table[0][100] & BIT(52));
	assert_int_equal(f->pool->free_pages, after_split);
}

static void a_changed_map_is_followed_while_open(void **state)
{
	struct fixture *f = *state;
	u64 gpa = BASE + 3 * PAGE_SIZE;

	assert_int_equal(view_open(&f->v, gpa, entry_to(0x66000)), 0);
	assert_int_equal(ept_split(&f->e, BASE, SIZE_2M, 1), 0);
	ept_set_write(&f->e, BASE, SIZE_2M, 0);
	assert_int_equal(view_open(&f->v, BASE + SIZE_1G, entry_to(0x77000)), 0);
	assert_int_equal(f->v.pages, 2);
	assert_int_equal(through(f, f->v.root, gpa).hpa, 0x66000);
	assert_int_equal(through(f, f->v.root, BASE + SIZE_1G).hpa, 0x77000);
	check_same(f, BASE);
	assert_int_equal(through(f, f->v.root, BASE).rights, 5);
	view_close(&f->v);
	check_same(f, gpa);
	assert_int_equal(through(f, f->v.root, gpa).rights, 5);
	check_elsewhere(f);
}

// The guest that reads the hypervisor's block is shown a page of zeros for one instruction.
static void a_hole_can_be_filled_and_is_a_hole_again(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(view_open(&f->v, 0x77000000, entry_to(0x66000)), 0);
	assert_int_equal(through(f, f->v.root, 0x77000123).hpa, 0x66123);
	assert_int_equal(through(f, f->v.root, 0x77001000).outcome, REF_VIOLATION);
	assert_int_equal(through(f, f->e.root, 0x77000123).outcome, REF_VIOLATION);
	view_close(&f->v);
	assert_int_equal(through(f, f->v.root, 0x77000123).outcome, REF_VIOLATION);
}

static void nothing_opens_beyond_the_map(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(view_open(&f->v, BIT(46), entry_to(0)), TESSERA_BAD_ADDRESS);
	assert_int_equal(view_open(&f->v, ~0ULL, entry_to(0)), TESSERA_BAD_ADDRESS);
	assert_int_equal(view_open(&f->v, BIT(46) - 1, entry_to(0)), TESSERA_OK);
}

static void no_memory_closes_nothing_else(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(view_open(&f->v, BASE, entry_to(0x66000)), 0);
	for (u32 n = 1; n <= 3; n++) {
		f->pool->fail_after = n;
		assert_int_equal(view_open(&f->v, 1ULL << 40, entry_to(0x77000)),
				 TESSERA_NO_MEMORY);
		assert_int_equal(f->v.pages, 1);
		assert_int_equal(through(f, f->v.root, BASE).hpa, 0x66000);
		check_same(f, 1ULL << 40);
		check_elsewhere(f);
		// What was allocated before the failure is kept for the next time: start clean.
		view_destroy(&f->v);
		assert_int_equal(f->pool->free_pages, f->before);
		f->pool->fail_after = 0;
		assert_int_equal(view_create(&f->v, &f->e), 0);
		assert_int_equal(view_open(&f->v, BASE, entry_to(0x66000)), 0);
	}
	assert_int_equal(view_open(&f->v, 1ULL << 40, entry_to(0x77000)), TESSERA_OK);
	struct view other;
	f->pool->fail_after = 1;
	assert_int_equal(view_create(&other, &f->e), TESSERA_NO_MEMORY);
}

#define VIEW_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VIEW_TEST(an_open_page_is_open_here_only),
		VIEW_TEST(a_page_can_show_other_memory),
		VIEW_TEST(sixteen_pages_far_apart),
		VIEW_TEST(an_unchanged_map_is_not_copied_again),
		VIEW_TEST(a_changed_map_is_followed_while_open),
		VIEW_TEST(a_hole_can_be_filled_and_is_a_hole_again),
		VIEW_TEST(nothing_opens_beyond_the_map),
		VIEW_TEST(no_memory_closes_nothing_else),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
