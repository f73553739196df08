// SPDX-License-Identifier: MIT
// Edits of the map: split, write rights, merge, retype. Each keeps the meaning it must keep, seen
// by an independent walk, and gives its memory back.
#include "ept/entry.h"
#include "tests/host/unit/machines.h"
#include "tests/host/unit/reference.h"
#include "tests/host/unit/support.h"
#include "tests/host/unit/tree.h"

#define POOL_PAGES 2048

struct fixture {
	struct pool *pool;
	struct ept e, fresh; // `fresh` stays as it was built
	u32 before;          // free pages with both maps built
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct mtrr_state *m = &machines[2].types;

	f->pool = pool_new(POOL_PAGES);
	assert_int_equal(ept_create(&f->fresh, f->pool, 46, 3, m, 0x7701f000, 0x7801f000), 0);
	assert_int_equal(ept_create(&f->e, f->pool, 46, 3, m, 0x7701f000, 0x7801f000), 0);
	f->before = f->pool->free_pages;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	ept_destroy(&f->e);
	ept_destroy(&f->fresh);
	assert_int_equal(f->pool->free_pages, POOL_PAGES);
	pool_delete(f->pool);
	free(f);
	return 0;
}

static struct ref_walk walk(const struct fixture *f, const struct ept *e, u64 gpa)
{
	return ref_ept(f->pool, e->root, e->addr_bits, gpa);
}

// All but the size of the page.
static void same_meaning(const struct fixture *f, u64 gpa)
{
	struct ref_walk now = walk(f, &f->e, gpa), was = walk(f, &f->fresh, gpa);

	assert_int_equal(now.outcome, was.outcome);
	assert_int_equal(now.rights, was.rights);
	if (was.outcome != REF_OK)
		return;
	assert_int_equal(now.hpa, was.hpa);
	assert_int_equal(now.type, was.type);
	assert_int_equal(now.spp, was.spp);
	assert_int_equal(now.no_ve, was.no_ve);
}

static void a_split_keeps_the_meaning(void **state)
{
	struct fixture *f = *state;
	u64 gpa = 9 * SIZE_1G; // one WB leaf of 1 GiB

	assert_int_equal(walk(f, &f->e, gpa).size, SIZE_1G);
	u64 generation = f->e.generation;
	assert_int_equal(ept_split(&f->e, gpa + SIZE_2M, 1, 2), 0);
	assert_true(f->e.generation > generation);
	assert_int_equal(walk(f, &f->e, gpa).size, SIZE_2M);
	assert_int_equal(ept_split(&f->e, gpa + SIZE_2M, SIZE_2M, 1), 0);
	assert_int_equal(walk(f, &f->e, gpa).size, SIZE_2M);
	assert_int_equal(walk(f, &f->e, gpa + SIZE_2M).size, PAGE_SIZE);
	assert_int_equal(walk(f, &f->e, gpa + 2 * SIZE_2M).size, SIZE_2M);
	assert_int_equal(walk(f, &f->e, gpa + SIZE_1G).size, SIZE_1G);
	for (u64 at = gpa - SIZE_1G; at < gpa + 2 * SIZE_1G; at += 0x7f000)
		same_meaning(f, at);
	generation = f->e.generation;
	assert_int_equal(ept_split(&f->e, gpa + SIZE_2M, SIZE_2M, 1), 0);
	assert_int_equal(f->e.generation, generation); // nothing was left to split
}

static void a_split_inherits_closed_rights(void **state)
{
	struct fixture *f = *state;
	u64 gpa = 6 * SIZE_1G; // WT there, from the machine's overlapping ranges

	assert_int_equal(walk(f, &f->e, gpa).type, MT_WT);
	assert_int_equal(ept_split(&f->e, gpa, SIZE_2M, 2), 0);
	assert_true(ept_set_write(&f->e, gpa, SIZE_2M, 0));
	assert_int_equal(ept_split(&f->e, gpa, SIZE_2M, 1), 0);
	for (u64 at = gpa; at < gpa + SIZE_2M; at += PAGE_SIZE) {
		assert_int_equal(walk(f, &f->e, at).rights, 5);
		assert_int_equal(walk(f, &f->e, at).hpa, at);
		assert_int_equal(walk(f, &f->e, at).type, MT_WT);
		assert_false(walk(f, &f->e, at).spp);
	}
	assert_true(ept_merge(&f->e, gpa));
	assert_int_equal(walk(f, &f->e, gpa).size, SIZE_2M);
	assert_int_equal(walk(f, &f->e, gpa).rights, 5);
}

static void merging_undoes_splitting(void **state)
{
	struct fixture *f = *state;
	u64 start = 4 * SIZE_1G, end = 7 * SIZE_1G;

	assert_int_equal(ept_split(&f->e, start, SIZE_1G, 2), 0);
	for (u64 at = start; at < start + SIZE_1G; at += 16 * SIZE_2M)
		assert_int_equal(ept_split(&f->e, at, SIZE_2M, 1), 0);
	assert_false(ept_merge(&f->e, end));
	for (u64 at = start; at < end; at += SIZE_2M)
		ept_merge(&f->e, at);
	assert_true(tree_equal(&f->e, &f->fresh));
	assert_true(f->pool->free_pages < f->before);
	ept_reap(&f->e);
	assert_int_equal(f->pool->free_pages, f->before);
	assert_int_equal(f->e.tables.limbo, 0);
	assert_false(ept_merge(&f->e, start)); // nothing left to merge
}

static void merging_waits_for_the_last_difference(void **state)
{
	struct fixture *f = *state;
	u64 gpa = 4 * SIZE_1G;
	static const u64 differences[] = { 0, EPT_SPP };

	assert_int_equal(ept_split(&f->e, gpa, SIZE_2M, 1), 0);
	for (u32 i = 0; i < ARRAY_SIZE(differences); i++)
		for (u32 page = 0; page < 512; page += 511) {
			ept_set_write(&f->e, gpa + page * PAGE_SIZE, PAGE_SIZE, differences[i]);
			assert_false(ept_merge(&f->e, gpa));
			ept_set_write(&f->e, gpa + page * PAGE_SIZE, PAGE_SIZE, EPT_W);
		}
	// All alike, but with SPP: a large page could not say that.
	ept_set_write(&f->e, gpa, SIZE_2M, EPT_SPP);
	assert_false(ept_merge(&f->e, gpa));
	ept_set_write(&f->e, gpa, SIZE_2M, EPT_W);
	assert_true(ept_merge(&f->e, gpa));
	assert_true(tree_equal(&f->e, &f->fresh));
}

// Limbo must not touch the words of an unlinked table: a CPU may still walk it.
static void tables_in_limbo_keep_their_words(void **state)
{
	struct fixture *f = *state;
	u64 gpa = 4 * SIZE_1G;
	u64 kept[512];

	assert_int_equal(ept_split(&f->e, gpa, SIZE_2M, 1), 0);
	u64 *table = ept_lookup(&f->e, gpa).slot;
	memcpy(kept, table, sizeof(kept));
	assert_true(ept_merge(&f->e, gpa));
	assert_memory_equal(kept, table, sizeof(kept));
	assert_int_equal(ept_split(&f->e, gpa, SIZE_2M, 1), 0);
	assert_memory_equal(kept, table, sizeof(kept));
	assert_ptr_not_equal(ept_lookup(&f->e, gpa).slot, table);
}

static void set_write_says_when_it_tightens(void **state)
{
	struct fixture *f = *state;
	struct ept *e = &f->e;
	u64 gpa = 4 * SIZE_1G;
	static const struct {
		u64 from, to;
		bool stricter;
	} steps[] = {
		{ EPT_W, EPT_W, false },   { EPT_W, EPT_SPP, true }, { EPT_W, 0, true },
		{ EPT_SPP, EPT_W, false }, { EPT_SPP, 0, true },     { EPT_SPP, EPT_SPP, false },
		{ 0, EPT_W, false },       { 0, EPT_SPP, false },    { 0, 0, false },
	};

	assert_int_equal(ept_split(e, gpa, 2 * SIZE_2M, 1), 0);
	for (u32 i = 0; i < ARRAY_SIZE(steps); i++) {
		u64 range = gpa + SIZE_2M - 3 * PAGE_SIZE; // across two tables

		ept_set_write(e, range, 6 * PAGE_SIZE, steps[i].from);
		u64 generation = e->generation;
		assert_int_equal(ept_set_write(e, range, 6 * PAGE_SIZE, steps[i].to),
				 steps[i].stricter);
		assert_int_equal(e->generation != generation, steps[i].from != steps[i].to);
		for (s64 page = -1; page < 7; page++) {
			u64 at = range + page * (s64)PAGE_SIZE;
			u64 bits = page >= 0 && page < 6 ? steps[i].to : EPT_W;

			assert_int_equal(ept_lookup(e, at).entry & (EPT_W | EPT_SPP), bits);
			assert_int_equal(ept_lookup(e, at).entry | EPT_W | EPT_SPP,
					 at | 7 | EPT_SPP | BIT(63) | 6 << 3);
		}
		ept_set_write(e, range, 6 * PAGE_SIZE, EPT_W);
	}
}

static void set_write_crosses_sizes_and_holes(void **state)
{
	struct fixture *f = *state;
	u64 start = SIZE_1G,
	    end = 4 * SIZE_1G; // 4 KiB, 2 MiB and 1 GiB leaves, and the hidden block

	assert_true(ept_set_write(&f->e, start, end - start, 0));
	for (u64 at = start; at < end; at += 0x3f000) {
		struct ref_walk w = walk(f, &f->e, at);

		assert_int_equal(w.rights, walk(f, &f->fresh, at).rights & 5);
		assert_false(w.spp);
	}
	same_meaning(f, start - 1);
	same_meaning(f, end);
	assert_false(ept_set_write(&f->e, start, end - start, EPT_W));
	assert_true(tree_equal(&f->e, &f->fresh));
	// SPP is for 4 KiB leaves: large ones only lose W.
	ept_set_write(&f->e, start, end - start, EPT_SPP);
	for (u64 at = start; at < end; at += 0x3f000)
		assert_true(!(ept_lookup(&f->e, at).entry & EPT_SPP) ||
			    ept_lookup(&f->e, at).level == 1);
}

static void splits_without_memory_leave_a_correct_map(void **state)
{
	struct fixture *f = *state;
	u64 gpa = 4 * SIZE_1G;

	for (u32 n = 1;; n++) {
		f->pool->fail_after = n;
		int rc = ept_split(&f->e, gpa, 4 * SIZE_2M, 1);
		f->pool->fail_after = 0;
		for (u64 at = gpa - PAGE_SIZE; at < gpa + 5 * SIZE_2M; at += PAGE_SIZE)
			same_meaning(f, at);
		for (u64 at = gpa; at < gpa + 4 * SIZE_2M; at += SIZE_2M)
			ept_merge(&f->e, at);
		ept_reap(&f->e);
		assert_true(tree_equal(&f->e, &f->fresh));
		assert_int_equal(f->pool->free_pages, f->before);
		if (rc == TESSERA_OK)
			break;
		assert_int_equal(rc, TESSERA_NO_MEMORY);
		assert_true(n < 20);
	}
}

// The map after a retype is the map that would be built with these types.
static void retype_equals_a_new_map(void **state)
{
	struct fixture *f = *state;

	for (u32 k = 0; k < machine_count - 1; k++) { // the last has a mask with a hole
		struct mtrr_state m = machines[k].types;
		struct ept other;

		for (u32 i = 0; i < m.variable; i++)
			m.mask[i] |= ~(BIT(m.addr_bits) - 1);
		m.addr_bits = 46;
		ept_retype(&f->e, &m);
		ept_reap(&f->e);
		assert_int_equal(ept_create(&other, f->pool, 46, 3, &m, 0x7701f000, 0x7801f000), 0);
		assert_true(tree_equal(&f->e, &other));
		tree_check_built(&f->e);
		ept_destroy(&other);
	}
	ept_retype(&f->e, &machines[2].types);
	ept_reap(&f->e);
	assert_int_equal(f->pool->free_pages, f->before);
	assert_true(tree_equal(&f->e, &f->fresh));
}

static void retype_keeps_rights(void **state)
{
	struct fixture *f = *state;
	struct mtrr_state off = { .present = true, .addr_bits = 46 };
	u64 gpa = 4 * SIZE_1G;

	assert_int_equal(ept_split(&f->e, gpa, 2 * SIZE_2M, 1), 0);
	ept_set_write(&f->e, gpa, PAGE_SIZE, EPT_SPP);
	ept_set_write(&f->e, gpa + SIZE_2M, SIZE_2M, 0);
	ept_retype(&f->e, &off);
	assert_int_equal(ept_lookup(&f->e, gpa).entry & (EPT_W | EPT_SPP), EPT_SPP);
	assert_int_equal(walk(f, &f->e, gpa + PAGE_SIZE).rights, 7);
	assert_int_equal(walk(f, &f->e, gpa + SIZE_2M).rights, 5);
	assert_int_equal(walk(f, &f->e, gpa + SIZE_2M).size, SIZE_2M); // joined on the way
	assert_int_equal(walk(f, &f->e, gpa).type, MT_UC);
	assert_int_equal(walk(f, &f->e, 0x77100000).outcome, REF_VIOLATION);
	assert_int_equal(walk(f, &f->e, 7 * SIZE_1G).size, SIZE_1G);
}

static void retype_without_memory_is_uncached(void **state)
{
	struct fixture *f = *state;
	struct mtrr_state m = {
		.present = true, .addr_bits = 46, .def_type = 0x806, .variable = 1
	};
	void *taken[POOL_PAGES];
	u32 n = 0;

	m.base[0] = 5 * SIZE_1G + 3 * PAGE_SIZE;
	m.mask[0] = 0x3ffffffff800;
	ept_retype(&f->e, &m); // a first time with memory
	assert_int_equal(walk(f, &f->e, 5 * SIZE_1G).size, PAGE_SIZE);
	m.base[0] += SIZE_1G;
	while ((taken[n] = pool_alloc(f->pool)))
		n++;
	ept_retype(&f->e, &m);
	assert_int_equal(walk(f, &f->e, 6 * SIZE_1G).size, SIZE_1G);
	assert_int_equal(walk(f, &f->e, 6 * SIZE_1G).type, MT_UC);
	assert_int_equal(walk(f, &f->e, 5 * SIZE_1G).type, MT_WB);
	assert_int_equal(walk(f, &f->e, 5 * SIZE_1G).size, SIZE_1G);
	while (n)
		pool_free(f->pool, taken[--n]);
}

// A10: a guest that writes masks with holes, time and again, gets UC or its types, and takes few
// pages and lookups: these are all spent with the policy's lock held.
static void masks_with_holes_cost_little(void **state)
{
	struct fixture *f = *state;
	struct mtrr_state m = {
		.present = true, .addr_bits = 46, .def_type = 0x806, .variable = 1
	};

	for (u32 bit = 12; bit < 40; bit++) {
		m.mask[0] = BIT(bit) | 0x800;
		ept_retype(&f->e, &m);
		ept_reap(&f->e);
		assert_true(f->pool->free_pages + 24 >= f->before);
	}
	m.mask[0] = 0x1000 | 0x800;
	ept_retype(&f->e, &m);
	for (u32 i = 0; i < 2000; i++) {
		struct ref_walk w = walk(f, &f->e, random_log(BIT(46)));

		assert_true(w.outcome != REF_OK || w.type == MT_UC ||
			    w.type == naive_type(&m, w.hpa));
	}
}

#define EDIT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EDIT_TEST(a_split_keeps_the_meaning),
		EDIT_TEST(a_split_inherits_closed_rights),
		EDIT_TEST(merging_undoes_splitting),
		EDIT_TEST(merging_waits_for_the_last_difference),
		EDIT_TEST(tables_in_limbo_keep_their_words),
		EDIT_TEST(set_write_says_when_it_tightens),
		EDIT_TEST(set_write_crosses_sizes_and_holes),
		EDIT_TEST(splits_without_memory_leave_a_correct_map),
		EDIT_TEST(retype_equals_a_new_map),
		EDIT_TEST(retype_keeps_rights),
		EDIT_TEST(retype_without_memory_is_uncached),
		EDIT_TEST(masks_with_holes_cost_little),
	};

	seed_random("ept edit", 13);
	return cmocka_run_group_tests_name("ept edit", tests, NULL, NULL);
}
