// SPDX-License-Identifier: MIT
// The SPPT: vectors against a naive loop, and every word through a walk that was written from the
// format's description alone.
#include "ept/entry_io.h"
#include "spp/sppt.h"
#include "tests/host/unit/reference.h"
#include "tests/host/unit/support.h"

#define ADDR_BITS  40
#define POOL_PAGES 64

struct fixture {
	struct pool *pool;
	struct sppt t;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->pool = pool_new(POOL_PAGES);
	assert_int_equal(sppt_create(&f->t, f->pool), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	sppt_destroy(&f->t);
	assert_int_equal(f->pool->free_pages, POOL_PAGES);
	pool_delete(f->pool);
	free(f);
	return 0;
}

static u64 naive_spread(u32 tiles)
{
	u64 leaf = 0;

	for (u32 i = 0; i < 32; i++)
		if (tiles & (1U << i))
			leaf |= 1ULL << (2 * i);
	return leaf;
}

static void spread_and_gather(void **state)
{
	(void)state;
	for (u32 i = 0; i < 32; i++) {
		assert_int_equal(sppt_spread(1U << i), naive_spread(1U << i));
		assert_int_equal(sppt_spread(~(1U << i)), naive_spread(~(1U << i)));
	}
	assert_int_equal(sppt_spread(TILES_OPEN), SPPT_ALL_OPEN);
	assert_int_equal(sppt_spread(0), 0);
	for (u32 i = 0; i < 100000; i++) {
		u64 r = random64();

		assert_int_equal(sppt_spread(r), naive_spread(r));
		assert_int_equal(sppt_gather(sppt_spread(r)), (u32)r);
		assert_int_equal(sppt_gather(sppt_spread(r) | (random64() & ~SPPT_ALL_OPEN)),
				 (u32)r);
	}
}

static u32 tiles_of(u64 page)
{
	return (page >> 12) * 2654435761U;
}

static int build(struct fixture *f, u64 gpa)
{
	u32 tiles[512];

	for (u32 i = 0; i < 512; i++)
		tiles[i] = tiles_of(ALIGN_DOWN(gpa, SIZE_2M) + i * PAGE_SIZE);
	return sppt_build(&f->t, gpa, tiles);
}

static enum ref_outcome walk(const struct fixture *f, u64 gpa)
{
	return ref_sppt(f->pool, f->t.root, ADDR_BITS, gpa);
}

static void check_2m(const struct fixture *f, u64 gpa)
{
	gpa = ALIGN_DOWN(gpa, SIZE_2M);
	for (u64 at = gpa; at < gpa + SIZE_2M; at += 128)
		assert_int_equal(walk(f, at), tiles_of(at & PAGE_MASK) >> (at / 128 % 32) & 1
						      ? REF_OK
						      : REF_VIOLATION);
}

// Both sides of every border at which the index of a level moves on.
static const u64 places[] = { 0x3fffff000, 0x400000000, 0x7fffffffff, 0x8000000000, 0xffffe00000 };

static void paths_are_built_for_2_mib(void **state)
{
	struct fixture *f = *state;

	for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
		u32 tables = f->t.tables.used;

		assert_int_equal(walk(f, places[i]), REF_SPP_MISS);
		assert_null(sppt_walk(&f->t, places[i], NULL));
		assert_int_equal(build(f, places[i]), 0);
		assert_true(f->t.tables.used > tables && f->t.tables.used <= tables + 3);
		tables = f->t.tables.used;
		assert_int_equal(build(f, places[i] ^ 0x1ff000), 0); // stands already
		assert_int_equal(f->t.tables.used, tables);
	}
	for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
		u32 level;

		check_2m(f, places[i]);
		u64 *slot = sppt_walk(&f->t, places[i], &level);
		assert_int_equal(level, 1);
		assert_int_equal(*slot, naive_spread(tiles_of(places[i] & PAGE_MASK)));
		assert_false(sppt_malformed(&f->t, places[i], ADDR_BITS));
	}
	assert_int_equal(walk(f, 0x400200000), REF_SPP_MISS);
	assert_int_equal(walk(f, 0x200000000), REF_SPP_MISS);
}

static void the_walk_says_where_it_ended(void **state)
{
	struct fixture *f = *state;
	u32 level;

	assert_null(sppt_walk(&f->t, 0, &level));
	assert_int_equal(level, 4);
	assert_int_equal(build(f, 0x40000000), 0);
	assert_null(sppt_walk(&f->t, 0x40200000, &level));
	assert_int_equal(level, 2);
	assert_null(sppt_walk(&f->t, 0, &level));
	assert_int_equal(level, 3);
	assert_null(sppt_walk(&f->t, BIT(39), &level));
	assert_int_equal(level, 4);
}

static void a_dropped_path_is_gone_and_its_tables_wait(void **state)
{
	struct fixture *f = *state;
	u32 before = f->pool->free_pages;

	assert_int_equal(build(f, 0), 0);
	assert_int_equal(build(f, SIZE_2M), 0);
	assert_int_equal(build(f, SIZE_1G), 0);
	u64 *leaf = sppt_walk(&f->t, 0, NULL);
	u64 word = leaf[511];
	sppt_drop(&f->t, 0x123456);
	assert_int_equal(walk(f, 0), REF_SPP_MISS);
	assert_int_equal(leaf[511], word); // a CPU may still read it
	check_2m(f, SIZE_2M);
	check_2m(f, SIZE_1G);
	assert_int_equal(f->t.tables.limbo, 1);
	sppt_drop(&f->t, 0); // nothing left
	assert_int_equal(f->t.tables.limbo, 1);
	sppt_drop(&f->t, SIZE_2M); // empties the table above
	assert_int_equal(f->t.tables.limbo, 3);
	check_2m(f, SIZE_1G);
	sppt_drop(&f->t, SIZE_1G);
	assert_int_equal(f->t.tables.limbo, 6);
	assert_int_equal(f->t.tables.used, 1);
	assert_int_equal(build(f, 0), 0); // before the others are freed
	check_2m(f, 0);
	sppt_drop(&f->t, 0);
	sppt_reap(&f->t);
	assert_int_equal(f->pool->free_pages, before);
}

static void no_memory_changes_nothing(void **state)
{
	struct fixture *f = *state;
	u32 before = f->pool->free_pages;

	for (u32 n = 1; n <= 3; n++) {
		f->pool->fail_after = n;
		assert_int_equal(build(f, SIZE_1G), TESSERA_NO_MEMORY);
		assert_int_equal(f->pool->free_pages, before);
		assert_int_equal(walk(f, SIZE_1G), REF_SPP_MISS);
		assert_int_equal(f->t.root[0], 0);
	}
	struct sppt other;
	for (u32 n = 1; n <= 2; n++) {
		f->pool->fail_after = n;
		assert_int_equal(sppt_create(&other, f->pool), TESSERA_NO_MEMORY);
		assert_int_equal(f->pool->free_pages, before);
	}
	f->pool->fail_after = 0;
}

static u64 *slot_at(struct fixture *f, u64 gpa, u32 level)
{
	u64 *table = f->t.root;

	for (u32 at = 4; at > level; at--)
		table = pool_va(f->pool, table[table_index(gpa, at)] & 0x000ffffffffff000);
	return &table[table_index(gpa, level)];
}

static void every_reserved_bit_is_seen_and_repaired(void **state)
{
	struct fixture *f = *state;
	u64 gpa = 0x7fffe00000;

	assert_int_equal(build(f, gpa), 0);
	for (u32 level = 4; level > 1; level--)
		for (u32 bit = 1; bit < 64; bit++) {
			u64 *slot = slot_at(f, gpa, level), good = *slot;

			if (bit >= 12 && bit < ADDR_BITS)
				continue;
			*slot |= BIT(bit);
			assert_true(sppt_malformed(&f->t, gpa, ADDR_BITS));
			assert_int_equal(walk(f, gpa), REF_SPP_MISCONFIG);
			sppt_repair(&f->t, gpa, ADDR_BITS);
			assert_int_equal(*slot, good);
			// Where the entry is not valid, nothing is reserved.
			*slot = BIT(bit);
			assert_false(sppt_malformed(&f->t, gpa, ADDR_BITS));
			assert_int_equal(walk(f, gpa), REF_SPP_MISS);
			*slot = good;
		}
	for (u32 bit = 1; bit < 64; bit += 2) {
		u64 *slot = slot_at(f, gpa, 1), good = *slot;

		*slot |= BIT(bit);
		assert_true(sppt_malformed(&f->t, gpa, ADDR_BITS));
		assert_int_equal(walk(f, gpa), REF_SPP_MISCONFIG);
		*slot = good;
	}
	check_2m(f, gpa);
}

static void an_entry_out_of_the_pool_is_not_followed(void **state)
{
	struct fixture *f = *state;
	u64 gpa = SIZE_1G;
	u32 level;

	assert_int_equal(build(f, gpa), 0);
	u64 *slot = slot_at(f, gpa, 3), good = *slot;
	*slot = (POOL_PA - PAGE_SIZE) | SPPT_VALID;
	assert_true(sppt_malformed(&f->t, gpa, ADDR_BITS));
	assert_null(sppt_walk(&f->t, gpa, &level));
	assert_int_equal(level, 3);
	sppt_repair(&f->t, gpa, ADDR_BITS);
	assert_int_equal(*slot, 0);
	*slot = good;
}

#define SPPT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spread_and_gather),
		SPPT_TEST(paths_are_built_for_2_mib),
		SPPT_TEST(the_walk_says_where_it_ended),
		SPPT_TEST(a_dropped_path_is_gone_and_its_tables_wait),
		SPPT_TEST(no_memory_changes_nothing),
		SPPT_TEST(every_reserved_bit_is_seen_and_repaired),
		SPPT_TEST(an_entry_out_of_the_pool_is_not_followed),
	};

	seed_random("sppt", 31);
	return cmocka_run_group_tests_name("sppt", tests, NULL, NULL);
}
