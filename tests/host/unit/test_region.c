// SPDX-License-Identifier: MIT
// The interval tree against a naive list, and what it promises about its balance and its memory.
#include "spp/region.h"
#include "tests/host/unit/support.h"

#define POOL_PAGES 512
#define NAIVE_MAX  6000

struct range {
	u64 start, end;
	u32 rule;
};

static struct range naive[NAIVE_MAX];
static u32 naive_count;

static int order(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static s64 naive_find(const struct range *r)
{
	for (u32 i = 0; i < naive_count; i++)
		if (!order(&naive[i], r))
			return i;
	return -1;
}

// Heights, orders and sums of the whole tree; answers its height.
static u32 check_node(const struct region *n, u64 *max_end, u32 *nodes)
{
	u64 left_end = 0, right_end = 0;
	u32 left_nodes = 0, right_nodes = 0;

	if (!n)
		return 0;
	u32 left = check_node(n->left, &left_end, &left_nodes);
	u32 right = check_node(n->right, &right_end, &right_nodes);

	*max_end = MAX(n->end, MAX(left_end, right_end));
	*nodes = left_nodes + right_nodes + 1;
	assert_int_equal(n->max_end, *max_end);
	assert_int_equal(n->nodes, *nodes);
	assert_true(left_nodes + 1 <= 3 * (right_nodes + 1));
	assert_true(right_nodes + 1 <= 3 * (left_nodes + 1));
	return 1 + MAX(left, right);
}

static void check_set(const struct region_set *s, const struct pool *p)
{
	u64 end = 0;
	u32 nodes = 0, height = check_node(s->root, &end, &nodes);
	u32 per_page = (PAGE_SIZE - 8) / sizeof(struct region);

	assert_int_equal(nodes, naive_count);
	assert_int_equal(s->count, naive_count);
	assert_true((int)height <= 3 * (64 - __builtin_clzll(naive_count + 1)));
	assert_int_equal(POOL_PAGES - p->free_pages, (naive_count + per_page - 1) / per_page);
	qsort(naive, naive_count, sizeof(*naive), order);
	for (u32 i = 0; i < naive_count; i++) {
		const struct region *r = region_at(s, i);

		assert_non_null(r);
		assert_int_equal(r->start, naive[i].start);
		assert_int_equal(r->end, naive[i].end);
		assert_int_equal(r->rule, naive[i].rule);
	}
	assert_null(region_at(s, naive_count));
	assert_null(region_at(s, ~0U));
}

static void check_query(const struct region_set *s, u64 start, u64 end)
{
	const struct region *r = NULL;

	for (u32 i = 0; i < naive_count; i++) { // sorted
		if (naive[i].start >= end || naive[i].end <= start)
			continue;
		r = region_next(s, start, end, r);
		assert_non_null(r);
		assert_int_equal(r->start, naive[i].start);
		assert_int_equal(r->end, naive[i].end);
		assert_int_equal(r->rule, naive[i].rule);
	}
	assert_null(region_next(s, start, end, r));
}

static struct range random_range(u64 space)
{
	struct range r = { .start = random_below(space), .rule = random_below(3) };

	r.end = r.start + 1 + random_log(space);
	return r;
}

static void change(struct region_set *s, const struct range *r)
{
	s64 at = naive_find(r);
	const struct region *found = region_find(s, r->start, r->end, r->rule);

	assert_int_equal(found != NULL, at >= 0);
	if (at < 0) {
		assert_int_equal(region_remove(s, r->start, r->end, r->rule), TESSERA_NOT_FOUND);
		assert_int_equal(region_insert(s, r->start, r->end, r->rule), 0);
		naive[naive_count++] = *r;
	} else {
		assert_int_equal(region_insert(s, r->start, r->end, r->rule), TESSERA_EXISTS);
		assert_int_equal(region_remove(s, r->start, r->end, r->rule), 0);
		naive[at] = naive[--naive_count];
	}
}

static void like_a_list(void **state)
{
	static const u64 spaces[] = { 8, 40, 1000, BIT(48) };
	struct pool *p = pool_new(POOL_PAGES);

	(void)state;
	seed_random("region", 41);
	for (u32 k = 0; k < ARRAY_SIZE(spaces); k++) {
		struct region_set s;

		region_set_init(&s, p);
		naive_count = 0;
		for (u32 i = 0; i < 3000; i++) {
			struct range r = random_range(spaces[k]);

			if (naive_count > 100 && random_below(5) < 3)
				r = naive[random_below(naive_count)];
			change(&s, &r);
			if (i % 50 == 0) {
				check_set(&s, p);
				for (u32 q = 0; q < 10; q++) {
					r = random_range(spaces[k]);
					check_query(&s, r.start, r.end);
				}
			}
		}
		while (naive_count) {
			struct range r = naive[random_below(naive_count)];

			change(&s, &r);
		}
		check_set(&s, p);
		region_set_destroy(&s);
		assert_int_equal(p->free_pages, POOL_PAGES);
	}
	pool_delete(p);
}

// The orders in which a guest would like to insert them: the tree stays flat.
static void thousands_in_hostile_order(void **state)
{
	struct pool *p = pool_new(POOL_PAGES);

	(void)state;
	for (u32 shape = 0; shape < 4; shape++) {
		struct region_set s;

		region_set_init(&s, p);
		naive_count = 0;
		for (u64 i = 0; i < 5000; i++) {
			u64 at = shape == 0 ? i : shape == 1 ? 5000 - i : i % 2 ? i : 10000 - i;
			struct range r = { at, shape == 3 ? 100000 - at : at + 2, 0 };

			assert_int_equal(region_insert(&s, r.start, r.end, r.rule), 0);
			naive[naive_count++] = r;
		}
		check_set(&s, p);
		check_query(&s, 2500, 2501);
		check_query(&s, 0, 1);
		check_query(&s, ~0ULL - 1, ~0ULL);
		for (u32 i = 0; i < 4000; i++) // from the front
			assert_int_equal(region_remove(&s, naive[i].start, naive[i].end, 0), 0);
		memmove(naive, naive + 4000, 1000 * sizeof(*naive));
		naive_count = 1000;
		check_set(&s, p);
		region_set_destroy(&s);
		assert_int_equal(p->free_pages, POOL_PAGES);
	}
	pool_delete(p);
}

static void no_memory_changes_nothing(void **state)
{
	struct pool *p = pool_new(POOL_PAGES);
	struct region_set s;
	u32 per_page = (PAGE_SIZE - 8) / sizeof(struct region);

	(void)state;
	region_set_init(&s, p);
	naive_count = 0;
	p->fail_after = 1;
	assert_int_equal(region_insert(&s, 1, 2, 0), TESSERA_NO_MEMORY);
	check_set(&s, p);
	for (u32 i = 0; i < per_page; i++) {
		struct range r = { i, i + 1, 0 };

		change(&s, &r);
	}
	p->fail_after = 1;
	assert_int_equal(region_insert(&s, 1, 2, 1), TESSERA_NO_MEMORY);
	check_set(&s, p);
	assert_int_equal(region_insert(&s, 1, 2, 1), TESSERA_OK);
	region_set_destroy(&s);
	assert_int_equal(p->free_pages, POOL_PAGES);
	pool_delete(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(like_a_list),
		cmocka_unit_test(thousands_in_hostile_order),
		cmocka_unit_test(no_memory_changes_nothing),
	};

	return cmocka_run_group_tests_name("region", tests, NULL, NULL);
}
