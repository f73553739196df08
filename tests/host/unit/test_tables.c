// SPDX-License-Identifier: MIT
// The source of page tables: room in limbo is set aside with each table, and nothing stays behind.
#include "ept/table_pool.h"
#include "tests/host/unit/support.h"

#define POOL_PAGES 4096

static void retiring_needs_no_memory(void **state)
{
	struct pool *p = pool_new(POOL_PAGES);
	static u64 *table[3000];
	struct tables t;

	(void)state;
	tables_init(&t, p);
	for (u32 i = 0; i < 3000; i++) {
		table[i] = tables_alloc(&t);
		assert_non_null(table[i]);
		table[i][0] = i;
	}
	assert_int_equal(t.list_pages, 6); // 511 addresses a page
	p->fail_after = 1;
	for (u32 i = 0; i < 3000; i++)
		tables_retire(&t, table[i]);
	assert_int_equal(p->fail_after, 1);
	p->fail_after = 0;
	assert_int_equal(t.used, 0);
	assert_int_equal(t.limbo, 3000);
	for (u32 i = 0; i < 3000; i++)
		assert_int_equal(table[i][0], i);
	tables_reap(&t);
	assert_int_equal(t.limbo, 0);
	assert_int_equal(p->free_pages, POOL_PAGES);
	pool_delete(p);
}

static void random_use_gives_all_back(void **state)
{
	struct pool *p = pool_new(POOL_PAGES);
	static u64 *table[3000];
	struct tables t;
	u32 n = 0;

	(void)state;
	seed_random("tables", 61);
	tables_init(&t, p);
	for (u32 i = 0; i < 60000; i++) {
		u64 what = random_below(i % 20000 < 10000 ? 5 : 9);

		if (random_below(100) == 0)
			p->fail_after = 1 + random_below(3);
		if (what < 3 && n < 3000) {
			u64 *new = tables_alloc(&t);

			assert_true(new || !p->fail_after);
			if (new)
				table[n++] = new;
		} else if (what == 3 && n) {
			tables_free(&t, table[--n]);
		} else if (n) {
			u32 k = random_below(n);

			tables_retire(&t, table[k]);
			table[k] = table[--n];
		}
		if (random_below(1000) == 0)
			tables_reap(&t);
		assert_int_equal(t.used, n);
		assert_int_equal(t.list_pages, (t.used + t.limbo + 510) / 511);
		assert_int_equal(POOL_PAGES - p->free_pages, t.used + t.limbo + t.list_pages);
	}
	while (n)
		tables_free(&t, table[--n]);
	tables_reap(&t);
	assert_int_equal(p->free_pages, POOL_PAGES);
	pool_delete(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(retiring_needs_no_memory),
		cmocka_unit_test(random_use_gives_all_back),
	};

	return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
