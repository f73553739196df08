// SPDX-License-Identifier: MIT
// Gives the verdict on a write from the rules, and compares the tables with the rules.
#include "ept/entry.h"
#include "spp/policy_internal.h"

#define TILE TESSERA_TILE_SIZE

struct verdict_query {
	const struct policy *p;
	u64 gpa, end; // the bytes written
	u8 freeze;    // what rules that freeze count as
	struct verdict v;
};

// A region whose rule is missing would be a bug of Tessera. Deny then.
static u8 action_of(const struct verdict_query *q, u32 rule)
{
	const struct rule *r = rule_get(&q->p->rules, rule);

	if (!r)
		return TESSERA_ACTION_DENY;
	return r->action == TESSERA_ACTION_FREEZE ? q->freeze : r->action;
}

// Keeps the stricter of the verdict so far and this rule's action. Of two equally strict ones it
// keeps the one whose bytes come first.
static void count_rule(struct verdict_query *q, u32 rule, u64 gpa, u64 end)
{
	u8 action = action_of(q, rule);
	struct verdict *v = &q->v;

	if (action < v->action ||
	    (action == v->action && (gpa > v->gpa || (gpa == v->gpa && rule >= v->rule))))
		return;
	*v = (struct verdict){ .action = action, .rule = rule, .gpa = gpa, .end = end };
}

// Finds the first tile that the access maps close.
static void meet_maps(struct verdict_query *q)
{
	for (u64 page = q->gpa & PAGE_MASK; page < q->end; page += PAGE_SIZE) {
		u32 closed = ~access_map(&q->p->access, page);

		if (page < q->gpa)
			closed &= TILES_OPEN << (q->gpa - page) / TILE;
		if (closed) {
			u64 tile = page + (u32)__builtin_ctz(closed) * TILE;

			if (tile < q->end)
				count_rule(q, TESSERA_RULE_ACCESS, MAX(q->gpa, tile),
					   MIN(q->end, tile + TILE));
			return;
		}
	}
}

// Counts all regions in the subtree of n that overlap the write, in one pass.
static void meet_regions(struct verdict_query *q, const struct region *n)
{
	for (; n && n->max_end > q->gpa; n = n->right) {
		if (n->left && n->left->max_end > q->gpa)
			meet_regions(q, n->left);
		if (n->start >= q->end)
			return;
		if (n->end > q->gpa)
			count_rule(q, n->rule, MAX(q->gpa, n->start), MIN(q->end, n->end));
	}
}

struct verdict policy_judge_as(const struct policy *p, u64 gpa, u64 length, u8 freeze)
{
	u64 limit = BIT(EPT_MAX_ADDR_BITS); // no region is beyond
	struct verdict_query q = { .p = p, .gpa = gpa, .freeze = freeze };

	if (!length || gpa >= limit)
		return q.v;
	q.end = gpa + MIN(length, limit - gpa);
	meet_regions(&q, p->regions.root);
	if (p->access.pages)
		meet_maps(&q);
	return q.v;
}

static u64 leaf_word(const struct policy *p, u64 gpa, bool *there)
{
	u64 *slot = p->hardware ? sppt_walk(&p->sppt, gpa, NULL) : NULL;

	*there = slot;
	return slot ? table_load(slot) : 0;
}

bool policy_in_force(const struct policy *p, u64 gpa)
{
	struct ept_leaf leaf = ept_lookup(p->ept, gpa);
	u32 tiles = policy_tiles(p, gpa);
	u64 bits = leaf.entry & (EPT_W | EPT_SPP);
	bool path;
	u64 word = leaf_word(p, gpa, &path);

	if (!leaf.level)
		return tiles == TILES_OPEN;
	if (leaf.level > 1)
		return bits == derive_bits(false, tiles) && (!p->hardware || !tiles || bits);
	if (bits == EPT_SPP)
		return path && word == sppt_spread(tiles) && derive_bits(true, tiles) == EPT_SPP;
	// A mixed page without SPP is correct if it has no path: software serves it.
	return bits == derive_bits(path, tiles);
}

// The tiles of gpa's page that the tables let through.
static u32 admitted_tiles(const struct policy *p, u64 gpa)
{
	struct ept_leaf leaf = ept_lookup(p->ept, gpa);
	bool path;

	if (leaf.entry & EPT_W)
		return TILES_OPEN;
	if (leaf.level != 1 || !(leaf.entry & EPT_SPP))
		return 0;
	return sppt_gather(leaf_word(p, gpa, &path));
}

bool policy_admits(const struct policy *p, u64 gpa)
{
	return admitted_tiles(p, gpa) >> gpa % PAGE_SIZE / TILE & 1;
}
