// SPDX-License-Identifier: MIT
#include "tests/host/unit/machines.h"
#include "tests/host/unit/support.h"
#include "tests/host/unit/tree.h"

struct walk {
	const struct ept *e;
	tree_visit visit;
	void *context;
	struct tree_count count;
};

static const u64 *table_at(const struct ept *e, u64 entry)
{
	u64 pa = entry & 0x000ffffffffff000ULL;

	assert_true(pa >= e->pool->pa && pa < e->pool->pa + e->pool->size);
	return (const u64 *)(e->pool->va + (pa - e->pool->pa));
}

static void walk_table(struct walk *w, const u64 *table, u64 gpa, u32 level)
{
	u64 step = 1ULL << (3 + 9 * level);

	w->count.tables++;
	for (u32 i = 0; i < 512; i++, gpa += step) {
		if (!(table[i] & 7))
			continue;
		if (level == 1 || (table[i] & 0x80)) {
			assert_true(level < 4);
			w->count.leaves[level]++;
			if (w->visit)
				w->visit(w->context, gpa, level, table[i]);
		} else {
			walk_table(w, table_at(w->e, table[i]), gpa, level - 1);
		}
	}
}

struct tree_count tree_walk(const struct ept *e, tree_visit visit, void *context)
{
	struct walk w = { .e = e, .visit = visit, .context = context };

	walk_table(&w, e->root, 0, 4);
	return w.count;
}

struct built {
	const struct ept *e;
	u64 last_gpa, last_entry;
	u32 last_level, alike; // how many leaves in a row from a border of the next size are alike
};

static void check_types(const struct mtrr_state *m, u64 gpa, u64 size, unsigned type)
{
	assert_int_equal(naive_type(m, gpa), type);
	assert_int_equal(naive_type(m, gpa + size - 1), type);
	for (u32 i = 0; i < m->variable; i++) {
		u64 base = m->base[i] & PAGE_MASK;
		u64 end = base + ((m->mask[i] & PAGE_MASK) & -(m->mask[i] & PAGE_MASK));

		if (base >= gpa && base < gpa + size)
			assert_int_equal(naive_type(m, base), type);
		if (end >= gpa && end < gpa + size)
			assert_int_equal(naive_type(m, end), type);
	}
	for (u64 at = gpa; at < MIN(gpa + size, 0x101000ULL); at += PAGE_SIZE)
		assert_int_equal(naive_type(m, at), type);
}

static void check_leaf(void *context, u64 gpa, u32 level, u64 entry)
{
	struct built *b = context;
	const struct ept *e = b->e;
	u64 size = 1ULL << (3 + 9 * level);
	unsigned type = entry >> 3 & 7;

	assert_int_equal(entry, gpa | 7 | (u64)type << 3 | (level > 1 ? 0x80 : 0) | BIT(63));
	assert_true(level <= e->max_leaf_level);
	assert_true(gpa + size <= BIT(e->addr_bits));
	assert_true(gpa >= e->hidden_end || gpa + size <= e->hidden_start);
	check_types(&e->types, gpa, size, type);

	bool next = b->last_level == level && gpa == b->last_gpa + size &&
		    (entry >> 3 & 7) == (b->last_entry >> 3 & 7);
	b->alike = gpa % (size * 512) == 0 ? 1 : next && b->alike ? b->alike + 1 : 0;
	if (level < e->max_leaf_level)
		assert_true(b->alike < 512);
	b->last_gpa = gpa;
	b->last_entry = entry;
	b->last_level = level;
}

void tree_check_built(const struct ept *e)
{
	struct built b = { .e = e };
	struct tree_count count = tree_walk(e, check_leaf, &b);
	u64 mapped = 0;

	for (u32 level = 1; level < 4; level++)
		mapped += count.leaves[level] << (3 + 9 * level);
	u64 hidden_end = MIN(e->hidden_end, BIT(e->addr_bits));
	assert_int_equal(mapped,
			 BIT(e->addr_bits) - (hidden_end - MIN(e->hidden_start, hidden_end)));
	assert_int_equal(count.tables, e->tables.used);
}

struct leaf_list {
	u64 (*leaf)[2];
	u64 count, room;
};

static void collect(void *context, u64 gpa, u32 level, u64 entry)
{
	struct leaf_list *l = context;

	(void)level;
	if (l->count == l->room) {
		l->room = l->room ? 2 * l->room : 4096;
		l->leaf = realloc(l->leaf, l->room * sizeof(*l->leaf));
	}
	l->leaf[l->count][0] = gpa;
	l->leaf[l->count++][1] = entry;
}

bool tree_equal(const struct ept *a, const struct ept *b)
{
	struct leaf_list x = { 0 }, y = { 0 };

	tree_walk(a, collect, &x);
	tree_walk(b, collect, &y);
	bool equal = x.count == y.count && !memcmp(x.leaf, y.leaf, x.count * sizeof(*x.leaf));
	free(x.leaf);
	free(y.leaf);
	return equal;
}
