// SPDX-License-Identifier: MIT
#include "ept/entry.h"
#include "tessera/hypercall.h"

// So many lookups one change of the MTRRs may cost. A table with several types takes one or more
// for each of its 512 entries, so this also limits the tables that types alone take from the pool.
// The MTRRs of usual machines take up to 4,000. A hostile guest's masks with holes would need
// millions, with the policy's lock held; what is left of its memory then becomes UC, which is safe
// with all types.
#define RETYPE_STEPS BIT(13)

struct retype {
	struct ept *e;
	u32 steps; // left
};

static void retype_table(struct retype *r, u64 *table, u64 gpa, u32 level);

static void set_type(struct ept *e, u64 *slot, enum memory_type type)
{
	u64 entry = table_load(slot);

	entry_store(e, slot, (entry & ~EPT_TYPE_MASK) | (u64)type << EPT_TYPE_SHIFT);
}

static bool find_type(struct retype *r, u64 gpa, u64 size, enum memory_type *type)
{
	return mtrr_uniform_within(&r->e->types, gpa, size, &r->steps, type);
}

static void retype_leaf(struct retype *r, u64 *slot, u64 gpa, u32 level)
{
	enum memory_type type;

	if (!find_type(r, gpa, level_size(level), &type) && r->steps &&
	    ept_split_leaf(r->e, slot, level) == TESSERA_OK) {
		retype_table(r, entry_table(r->e, table_load(slot)), gpa, level - 1);
		return;
	}
	set_type(r->e, slot, type); // UC if the range has several types
}

static void retype_table(struct retype *r, u64 *table, u64 gpa, u32 level)
{
	enum memory_type type = MT_UC;
	bool one_type =
		(level < EPT_ROOT_LEVEL && find_type(r, gpa, level_size(level + 1), &type)) ||
		!r->steps;

	for (u32 i = 0; i < TABLE_ENTRIES; i++, gpa += level_size(level)) {
		u64 entry = table_load(&table[i]);

		if (!entry_present(entry))
			continue;
		if (!entry_is_leaf(entry, level)) {
			retype_table(r, entry_table(r->e, entry), gpa, level - 1);
			ept_join(r->e, &table[i], level);
		} else if (one_type) {
			set_type(r->e, &table[i], type);
		} else {
			retype_leaf(r, &table[i], gpa, level);
		}
	}
}

void ept_retype(struct ept *e, const struct mtrr_state *types)
{
	struct retype r = { .e = e, .steps = RETYPE_STEPS };

	e->types = *types;
	retype_table(&r, e->root, 0, EPT_ROOT_LEVEL);
}
