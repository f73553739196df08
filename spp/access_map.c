// SPDX-License-Identifier: MIT
#include "hv/lib/string.h"
#include "spp/access_map.h"
#include "tessera/hypercall.h"

#define OPEN       0xffffffffU
#define UNIT_SHIFT 22
#define UNIT_SIZE  BIT(UNIT_SHIFT)
#define UNIT_PAGES ((u32)(UNIT_SIZE / PAGE_SIZE))
#define LEVELS     3 // 9 bits of the address each, above the unit: 49 bits in all

// A directory word: the address of the page below, and in its low bits, at the last level, how many
// of the unit's maps are not all ones.
#define COUNT_MASK (PAGE_SIZE - 1)

_Static_assert(UNIT_PAGES * sizeof(u32) == PAGE_SIZE, "a unit is one pool page");
_Static_assert(UNIT_PAGES <= COUNT_MASK, "the count fits into the low bits of an address");

static u32 index_of(u64 gpa, u32 level)
{
	return (gpa >> (UNIT_SHIFT + 9 * level)) & (TABLE_ENTRIES - 1);
}

static void *page_of(u64 word)
{
	return (void *)(word & ~(u64)COUNT_MASK);
}

// The directory word of gpa's unit, or NULL.
static u64 *word_of(const struct access_maps *a, u64 gpa)
{
	u64 *table = a->root;

	for (u32 level = LEVELS - 1; table && level; level--)
		table = page_of(table[index_of(gpa, level)]);
	return table ? &table[index_of(gpa, 0)] : NULL;
}

static u32 first_in_unit(u64 gpa)
{
	return (gpa >> PAGE_SHIFT) & (UNIT_PAGES - 1);
}

// The number of pages, of `pages` from gpa, that are in gpa's unit.
static u32 run_of(u64 gpa, u32 pages)
{
	return MIN(pages, UNIT_PAGES - first_in_unit(gpa));
}

void access_init(struct access_maps *a, struct pool *pool)
{
	*a = (struct access_maps){ .pool = pool };
}

static void free_level(struct access_maps *a, u64 *table, u32 level)
{
	for (u32 i = 0; i < TABLE_ENTRIES; i++) {
		u64 *below = page_of(table[i]);

		if (below && level)
			free_level(a, below, level - 1);
		else if (below)
			pool_free(a->pool, below);
	}
	pool_free(a->pool, table);
}

void access_destroy(struct access_maps *a)
{
	if (a->root)
		free_level(a, a->root, LEVELS - 1);
	access_init(a, a->pool);
}

const u32 *access_run(const struct access_maps *a, u64 gpa, u32 *run)
{
	u64 *word = word_of(a, gpa);
	u32 *maps = word ? page_of(*word) : NULL;

	*run = UNIT_PAGES - first_in_unit(gpa);
	return maps ? maps + first_in_unit(gpa) : NULL;
}

u32 access_map(const struct access_maps *a, u64 gpa)
{
	u32 run;
	const u32 *maps = access_run(a, gpa, &run);

	return maps ? *maps : OPEN;
}

bool access_is_open(const struct access_maps *a, u64 gpa, u64 size)
{
	u32 run;

	if (!a->pages)
		return true;
	for (u64 end = gpa + size; gpa < end; gpa += (u64)run * PAGE_SIZE) {
		const u32 *maps = access_run(a, gpa, &run);
		u32 pages = MIN((u64)run, (end - gpa) / PAGE_SIZE);

		for (u32 i = 0; maps && i < pages; i++)
			if (maps[i] != OPEN)
				return false;
	}
	return true;
}

static bool all_open(const u32 *maps, u32 pages)
{
	for (u32 i = 0; i < pages; i++)
		if (maps[i] != OPEN)
			return false;
	return true;
}

static u64 *page_below(struct access_maps *a, u64 *word)
{
	if (!*word)
		*word = (u64)pool_alloc(a->pool);
	return page_of(*word);
}

static int reserve_unit(struct access_maps *a, u64 gpa)
{
	if (!a->root)
		a->root = pool_alloc(a->pool);
	u64 *table = a->root;
	for (u32 level = LEVELS - 1; table && level; level--)
		table = page_below(a, &table[index_of(gpa, level)]);
	if (!table)
		return TESSERA_NO_MEMORY;
	u64 *word = &table[index_of(gpa, 0)];
	if (*word)
		return TESSERA_OK;
	u64 *maps = page_below(a, word);
	if (!maps)
		return TESSERA_NO_MEMORY;
	memset(maps, 0xff, PAGE_SIZE);
	return TESSERA_OK;
}

int access_reserve(struct access_maps *a, u64 gpa, u32 pages, const u32 *maps)
{
	while (pages) {
		u32 run = run_of(gpa, pages);

		if (!all_open(maps, run) && reserve_unit(a, gpa))
			return TESSERA_NO_MEMORY;
		gpa += (u64)run * PAGE_SIZE;
		maps += run;
		pages -= run;
	}
	return TESSERA_OK;
}

// Stores the maps of one run. Returns how many more maps than before are not all ones.
static u32 store_run(u32 *to, const u32 *from, u32 run)
{
	u32 more = 0;

	for (u32 i = 0; i < run; i++) {
		more += (from[i] != OPEN) - (to[i] != OPEN);
		to[i] = from[i];
	}
	return more;
}

void access_store(struct access_maps *a, u64 gpa, u32 pages, const u32 *maps)
{
	while (pages) {
		u32 run = run_of(gpa, pages);
		u64 *word = word_of(a, gpa);

		// Without a unit, access_reserve found only maps of all ones.
		if (word && *word) {
			u32 *to = page_of(*word);
			u32 more = store_run(to + first_in_unit(gpa), maps, run);

			*word += (s64)(s32)more;
			a->pages += more;
		}
		gpa += (u64)run * PAGE_SIZE;
		maps += run;
		pages -= run;
	}
}

static bool table_has_no_maps(const u64 *table)
{
	for (u32 i = 0; i < TABLE_ENTRIES; i++)
		if (table[i])
			return false;
	return true;
}

// Frees empty units and directories on the path from `word` to gpa, bottom up.
static void trim_below(struct access_maps *a, u64 *word, u64 gpa, u32 level)
{
	u64 *table = page_of(*word);

	if (!table)
		return;
	if (level)
		trim_below(a, &table[index_of(gpa, level - 1)], gpa, level - 1);
	if (level ? !table_has_no_maps(table) : (*word & COUNT_MASK) != 0)
		return;
	pool_free(a->pool, table);
	*word = 0;
}

void access_trim(struct access_maps *a, u64 gpa, u32 pages)
{
	while (pages) {
		u32 run = run_of(gpa, pages);
		u64 root = (u64)a->root;

		trim_below(a, &root, gpa, LEVELS);
		a->root = (u64 *)root;
		gpa += (u64)run * PAGE_SIZE;
		pages -= run;
	}
}
