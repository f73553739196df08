// SPDX-License-Identifier: MIT
#include "ept/entry.h"
#include "hv/lib/string.h"
#include "tessera/hypercall.h"

// A block that one entry maps, and its memory type if that is known already.
struct block {
	u64 gpa;
	u32 level;
	bool type_known;
	enum memory_type type;
};

static bool build_table(struct ept *e, u64 *table, u64 gpa, u32 level);

static u64 ept_limit(const struct ept *e)
{
	return BIT(e->addr_bits);
}

static bool is_hidden(const struct ept *e, const struct block *b)
{
	return b->gpa >= e->hidden_start && b->gpa + level_size(b->level) <= e->hidden_end;
}

static bool meets_hidden(const struct ept *e, const struct block *b)
{
	return b->gpa < e->hidden_end && b->gpa + level_size(b->level) > e->hidden_start;
}

static bool fits_one_leaf(const struct ept *e, struct block *b)
{
	return b->level <= e->max_leaf_level && b->gpa + level_size(b->level) <= ept_limit(e) &&
	       !meets_hidden(e, b) &&
	       (b->type_known || mtrr_uniform(&e->types, b->gpa, level_size(b->level), &b->type));
}

static bool build_entry(struct ept *e, u64 *slot, struct block b)
{
	if (fits_one_leaf(e, &b)) {
		*slot = leaf_entry(b.gpa, b.level, b.type);
		return true;
	}
	if (is_hidden(e, &b))
		return true;
	u64 *table = tables_alloc(&e->tables);
	if (!table)
		return false;
	*slot = link_entry(e, table);
	return build_table(e, table, b.gpa, b.level - 1);
}

// Looks up the memory type of the whole table first, so that empty parts of the address space cost
// one lookup for 512 GiB.
static bool build_table(struct ept *e, u64 *table, u64 gpa, u32 level)
{
	struct block b = { .gpa = gpa, .level = level };

	b.type_known = level < EPT_ROOT_LEVEL &&
		       mtrr_uniform(&e->types, gpa, level_size(level + 1), &b.type);
	for (u32 i = 0; i < TABLE_ENTRIES && b.gpa < ept_limit(e); i++, b.gpa += level_size(level))
		if (!build_entry(e, &table[i], b))
			return false;
	return true;
}

int ept_create(struct ept *e, struct pool *pool, u8 addr_bits, u8 max_leaf_level,
	       const struct mtrr_state *types, u64 hidden_start, u64 hidden_end)
{
	memset(e, 0, sizeof(*e));
	e->pool = pool;
	tables_init(&e->tables, pool);
	e->addr_bits = MIN(addr_bits, EPT_MAX_ADDR_BITS);
	e->max_leaf_level = max_leaf_level;
	e->types = *types;
	e->hidden_start = hidden_start;
	e->hidden_end = hidden_end;
	e->root = tables_alloc(&e->tables);
	if (e->root && build_table(e, e->root, 0, EPT_ROOT_LEVEL))
		return TESSERA_OK;
	ept_destroy(e);
	return TESSERA_NO_MEMORY;
}

static void ept_free_table(struct ept *e, u64 *table, u32 level)
{
	for (u32 i = 0; level > 1 && i < TABLE_ENTRIES; i++)
		if (entry_present(table[i]) && !entry_is_leaf(table[i], level))
			ept_free_table(e, entry_table(e, table[i]), level - 1);
	tables_free(&e->tables, table);
}

void ept_destroy(struct ept *e)
{
	if (e->root)
		ept_free_table(e, e->root, EPT_ROOT_LEVEL);
	e->root = NULL;
	ept_reap(e);
}
