// SPDX-License-Identifier: MIT
// Sources: hv/core/guest_walk.c
// The walk of a guest's page tables, against tables that a hostile guest may have written: 4 and 5
// levels, pages of every size, holes at every level, addresses out of memory, loops.
#include "hv/core/guest_walk.h"

#include "hv/core/guest_memory.h"
#include "tests/host/unit/support.h"

#define RAM_PAGES 64
#define CR0_PG    BIT(31)
#define CR4_PAE   BIT(5)
#define CR4_LA57  BIT(12)
#define EFER_LMA  BIT(10)
#define P         1ULL
#define LARGE     BIT(7)
#define NX        BIT(63)

static u64 ram[RAM_PAGES][TABLE_ENTRIES];

void *window_map(struct cpu *c, enum window window, u64 gpa)
{
	(void)c;
	assert_int_equal(window, WINDOW_WALK);
	return gpa < sizeof(ram) ? (u8 *)ram + gpa : NULL;
}

int guest_read(struct cpu *c, u64 gpa, void *to, u64 length)
{
	(void)c;
	(void)gpa;
	(void)to;
	(void)length;
	return TESSERA_BAD_ADDRESS;
}

static struct paging paging(u32 levels)
{
	return (struct paging){ .cr0 = CR0_PG,
				.cr3 = PAGE_SIZE | 0x18, // with the bits that are no address
				.cr4 = CR4_PAE | (levels == 5 ? CR4_LA57 : 0),
				.efer = EFER_LMA };
}

static u64 index_at(u64 linear, u32 level)
{
	return linear >> (12 + 9 * (level - 1)) & (TABLE_ENTRIES - 1);
}

// Page 1 is the root, page 2 the table below it, and so on down to a leaf at `leaf`.
static u64 *lay_out(u64 linear, u32 levels, u32 leaf, u64 entry)
{
	u32 page = 1;

	memset(ram, 0, sizeof(ram));
	for (u32 level = levels; level > leaf; level--, page++)
		ram[page][index_at(linear, level)] = (page + 1) * PAGE_SIZE | P | NX | 0xe66;
	ram[page][index_at(linear, leaf)] = entry;
	return &ram[page][index_at(linear, leaf)];
}

static u64 random_canonical(u32 levels)
{
	u32 unused = 64 - (12 + 9 * levels);

	return (u64)((s64)(random64() << unused) >> unused);
}

static void every_size(void **state)
{
	(void)state;
	for (u32 i = 0; i < 3000; i++) {
		u32 levels = 4 + i % 2, leaf = 1 + random_below(3);
		u64 linear = random_canonical(levels), size = BIT(12 + 9 * (leaf - 1));
		u64 frame = random64() & 0x000fffffffffffffULL & ~(size - 1);
		struct paging p = paging(levels);
		struct walk w;

		// The bits between the flags and a large page's address mean nothing for us.
		lay_out(linear, levels, leaf,
			frame | P | NX | 0x67 | (leaf > 1 ? LARGE | BIT(12) * random_below(2) : 0));
		assert_int_equal(walk_linear(NULL, &p, linear, &w), TESSERA_OK);
		assert_int_equal(w.gpa, frame + linear % size);
		assert_int_equal(w.size, size);
		assert_int_equal(w.levels, levels - leaf + 1);
	}
}

static void holes_at_every_level(void **state)
{
	(void)state;
	for (u32 i = 0; i < 3000; i++) {
		u32 levels = 4 + i % 2, leaf = 1 + random_below(levels);
		u64 linear = random_canonical(levels);
		struct paging p = paging(levels);
		struct walk w;

		lay_out(linear, levels, leaf, random64() & ~P);
		assert_int_equal(walk_linear(NULL, &p, linear, &w), TESSERA_BAD_ADDRESS);
		assert_int_equal(w.levels, levels - leaf + 1);
		assert_int_equal(w.at[w.levels - 1].entry & P, 0);
	}
}

// No large pages at levels 4 and 5: that bit is reserved there, and what looks like a frame is
// taken for the next table.
static void no_pages_larger_than_a_gib(void **state)
{
	(void)state;
	for (u32 levels = 4; levels <= 5; levels++) {
		u64 linear = random_canonical(levels);
		struct paging p = paging(levels);
		struct walk w;

		lay_out(linear, levels, 4, 60 * PAGE_SIZE | P | LARGE);
		assert_int_equal(walk_linear(NULL, &p, linear, &w), TESSERA_BAD_ADDRESS);
		assert_int_equal(w.levels, levels - 2);
	}
}

static void tables_out_of_memory(void **state)
{
	(void)state;
	for (u32 i = 0; i < 1000; i++) {
		u32 levels = 4 + i % 2, level = 2 + random_below(levels - 1);
		u64 linear = random_canonical(levels);
		struct paging p = paging(levels);
		struct walk w;

		lay_out(linear, levels, level,
			(sizeof(ram) + random_below(BIT(40)) * PAGE_SIZE) | P);
		assert_int_equal(walk_linear(NULL, &p, linear, &w), TESSERA_BAD_ADDRESS);
		p.cr3 = sizeof(ram);
		assert_int_equal(walk_linear(NULL, &p, linear, &w), TESSERA_BAD_ADDRESS);
		assert_int_equal(w.levels, 0);
	}
}

static void canonical_addresses_only(void **state)
{
	(void)state;
	memset(ram, 0xff, sizeof(ram)); // present, and out of memory at once
	for (u32 levels = 4; levels <= 5; levels++) {
		u64 half = BIT(12 + 9 * levels - 1);
		const u64 bad[] = { half, half + 5, ~half, 0 - half - 1, BIT(63), half << 1 };
		const u64 good[] = { 0, half - 1, 0 - half, ~0ULL };
		struct paging p = paging(levels);
		struct walk w;

		for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
			assert_int_equal(walk_linear(NULL, &p, bad[i], &w), TESSERA_BAD_ADDRESS);
			assert_int_equal(w.levels, 0);
		}
		for (u32 i = 0; i < ARRAY_SIZE(good); i++) {
			walk_linear(NULL, &p, good[i], &w);
			assert_int_equal(w.levels, 1);
		}
	}
}

static void other_modes(void **state)
{
	struct paging p = paging(4);
	struct walk w;

	(void)state;
	p.efer = 0;
	assert_int_equal(walk_linear(NULL, &p, 0x1234, &w), TESSERA_UNSUPPORTED);
	p.cr0 = 0;
	assert_int_equal(walk_linear(NULL, &p, 0x1234, &w), TESSERA_OK);
	assert_int_equal(w.gpa, 0x1234);
	assert_int_equal(w.size, PAGE_SIZE);
}

static void fill(void)
{
	for (u32 page = 0; page < RAM_PAGES; page++)
		for (u32 i = 0; i < TABLE_ENTRIES; i++)
			ram[page][i] =
				(random64() & 0xfff) | random_below(RAM_PAGES + 1) * PAGE_SIZE;
}

// Tables of random words, among them tables that are their own: a walk ends, and reads no more
// entries than there are levels.
static void random_tables(void **state)
{
	(void)state;
	for (u32 i = 0; i < 20000; i++) {
		struct paging p = paging(4 + i % 2);
		u64 linear = random_canonical(4 + i % 2);
		struct walk w;

		if (i % 100 == 0)
			fill();
		int rc = walk_linear(NULL, &p, linear, &w);
		assert_true(rc == TESSERA_OK || rc == TESSERA_BAD_ADDRESS);
		assert_true(w.levels <= 4 + i % 2);
		assert_true(rc || w.gpa % w.size == linear % w.size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size),
		cmocka_unit_test(holes_at_every_level),
		cmocka_unit_test(no_pages_larger_than_a_gib),
		cmocka_unit_test(tables_out_of_memory),
		cmocka_unit_test(canonical_addresses_only),
		cmocka_unit_test(other_modes),
		cmocka_unit_test(random_tables),
	};

	seed_random("walk", 57);
	return cmocka_run_group_tests_name("the guest's page tables", tests, NULL, NULL);
}
