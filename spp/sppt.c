// SPDX-License-Identifier: MIT
#include "ept/entry_io.h"
#include "spp/sppt.h"
#include "tessera/hypercall.h"

#define ROOT_LEVEL   4
#define ADDR_MASK    0x000ffffffffff000ULL
#define LOW_RESERVED 0x0000000000000ffeULL // bits 11:1
#define TOP_RESERVED 0xfff0000000000000ULL // bits 63:52

int sppt_create(struct sppt *t, struct pool *pool)
{
	tables_init(&t->tables, pool);
	t->root = tables_alloc(&t->tables);
	return t->root ? TESSERA_OK : TESSERA_NO_MEMORY;
}

static u64 link_entry(const struct sppt *t, const u64 *table)
{
	return pool_pa(t->tables.pool, table) | SPPT_VALID;
}

static bool in_pool(const struct sppt *t, u64 pa)
{
	const struct pool *p = t->tables.pool;

	return pa >= p->pa && pa - p->pa < p->size;
}

static bool well_formed(const struct sppt *t, u64 entry)
{
	return !(entry & (LOW_RESERVED | TOP_RESERVED)) && in_pool(t, entry & ADDR_MASK);
}

// The table that an upper entry leads to, or NULL.
static u64 *next_table(const struct sppt *t, u64 entry)
{
	if (!(entry & SPPT_VALID) || !well_formed(t, entry))
		return NULL;
	return pool_va(t->tables.pool, entry & ADDR_MASK);
}

// Walks to the leaf word, or to the entry where the path ends; *level is its level.
static u64 *sppt_path(const struct sppt *t, u64 gpa, u32 *level)
{
	u64 *table = t->root;

	for (*level = ROOT_LEVEL;; --*level) {
		u64 *slot = &table[table_index(gpa, *level)];

		table = *level > 1 ? next_table(t, table_load(slot)) : NULL;
		if (!table)
			return slot;
	}
}

u64 *sppt_walk(const struct sppt *t, u64 gpa, u32 *level)
{
	u32 reached;
	u64 *slot = sppt_path(t, gpa, &reached);

	if (level)
		*level = reached;
	return reached == 1 ? slot : NULL;
}

int sppt_build(struct sppt *t, u64 gpa, const u32 *tiles)
{
	u64 *table[ROOT_LEVEL];
	u32 level, made = 0;
	u64 *slot = sppt_path(t, gpa, &level);

	if (level == 1)
		return TESSERA_OK;
	while (made < level - 1 && (table[made] = tables_alloc(&t->tables)))
		made++;
	if (made < level - 1) {
		while (made)
			tables_free(&t->tables, table[--made]);
		return TESSERA_NO_MEMORY;
	}
	// Link bottom up, so that only finished tables can be reached: table[0] is the leaf table.
	for (u32 i = 0; i < TABLE_ENTRIES; i++)
		table[0][i] = tiles[i] == TILES_OPEN ? SPPT_ALL_OPEN : sppt_spread(tiles[i]);
	for (u32 i = 1; i < made; i++)
		table[i][table_index(gpa, i + 1)] = link_entry(t, table[i - 1]);
	table_publish(slot, link_entry(t, table[made - 1]));
	return TESSERA_OK;
}

static bool upper_malformed(const struct sppt *t, u64 entry, u8 addr_bits)
{
	return (entry & SPPT_VALID) &&
	       (!well_formed(t, entry) || (entry & ADDR_MASK & ~(BIT(addr_bits) - 1)));
}

bool sppt_malformed(const struct sppt *t, u64 gpa, u8 addr_bits)
{
	u64 *table = t->root;

	for (u32 level = ROOT_LEVEL; level > 1; level--) {
		u64 entry = table_load(&table[table_index(gpa, level)]);

		if (upper_malformed(t, entry, addr_bits))
			return true;
		table = next_table(t, entry);
		if (!table)
			return false;
	}
	return table_load(&table[table_index(gpa, 1)]) & ~SPPT_ALL_OPEN;
}

void sppt_repair(struct sppt *t, u64 gpa, u8 addr_bits)
{
	u64 address = ADDR_MASK & (BIT(addr_bits) - 1);
	u64 *table = t->root;

	for (u32 level = ROOT_LEVEL; level > 1 && table; level--) {
		u64 *slot = &table[table_index(gpa, level)];
		u64 entry = table_load(slot);

		if (upper_malformed(t, entry, addr_bits)) {
			entry &= address | SPPT_VALID;
			table_publish(slot, well_formed(t, entry) ? entry : 0);
		}
		table = next_table(t, table_load(slot));
	}
}

static bool sppt_table_is_empty(const u64 *table)
{
	for (u32 i = 0; i < TABLE_ENTRIES; i++)
		if (table[i] & SPPT_VALID)
			return false;
	return true;
}

void sppt_drop(struct sppt *t, u64 gpa)
{
	u64 *slot[ROOT_LEVEL + 1];
	u64 *table = t->root;

	for (u32 level = ROOT_LEVEL; level > 1; level--) {
		slot[level] = &table[table_index(gpa, level)];
		table = next_table(t, table_load(slot[level]));
		if (!table)
			return;
	}
	for (u32 level = 2; level <= ROOT_LEVEL; level++) {
		table = next_table(t, table_load(slot[level]));
		if (level > 2 && !sppt_table_is_empty(table))
			return;
		table_publish(slot[level], 0);
		tables_retire(&t->tables, table);
	}
}

void sppt_reap(struct sppt *t)
{
	tables_reap(&t->tables);
}

static void sppt_free_table(struct sppt *t, u64 *table, u32 level)
{
	for (u32 i = 0; level > 1 && i < TABLE_ENTRIES; i++) {
		u64 *below = next_table(t, table[i]);

		if (below)
			sppt_free_table(t, below, level - 1);
	}
	tables_free(&t->tables, table);
}

void sppt_destroy(struct sppt *t)
{
	if (t->root)
		sppt_free_table(t, t->root, ROOT_LEVEL);
	t->root = NULL;
	sppt_reap(t);
}
