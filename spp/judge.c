// SPDX-License-Identifier: MIT
// What a write to some bytes meets, by the rules, and what the tables make of it.
#include "ept/entry.h"
#include "spp/derive.h"

#define TILE TESSERA_TILE_SIZE

// Takes the stricter of two answers; of two that are as strict, the one that meets the write first.
static void stricter(struct verdict *v, u8 action, u32 rule, u64 gpa)
{
	if (action < v->action ||
	    (action == v->action && (gpa > v->gpa || (gpa == v->gpa && rule >= v->rule))))
		return;
	*v = (struct verdict){ .action = action, .rule = rule, .gpa = gpa };
}

// A region whose rule is missing would be a broken promise of ours; it denies.
static u8 action_of(const struct policy *p, u32 rule, u8 freeze)
{
	const struct rule *r = rule_get(&p->rules, rule);

	if (!r)
		return TESSERA_ACTION_DENY;
	return r->action == TESSERA_ACTION_FREEZE ? freeze : r->action;
}

// The first byte of [gpa, end) in a tile that the access maps close, or `end`.
static u64 first_closed(const struct policy *p, u64 gpa, u64 end)
{
	for (u64 page = gpa & PAGE_MASK; page < end && p->access.pages; page += PAGE_SIZE) {
		u32 closed = ~access_map(&p->access, page);

		if (page < gpa)
			closed &= TILES_OPEN << (gpa - page) / TILE;
		if (closed)
			return MIN(end, MAX(gpa, page + (u32)__builtin_ctz(closed) * TILE));
	}
	return end;
}

// `freeze` is what rules that freeze count as.
static struct verdict judge(const struct policy *p, u64 gpa, u64 length, u8 freeze)
{
	u64 limit = BIT(EPT_MAX_ADDR_BITS); // nothing is protected beyond
	struct verdict v = { .action = TESSERA_ACTION_ALLOW };
	const struct region *r = NULL;

	if (!length || gpa >= limit)
		return v;
	u64 end = gpa + MIN(length, limit - gpa);
	while ((r = region_next(&p->regions, gpa, end, r)))
		stricter(&v, action_of(p, r->rule, freeze), r->rule, MAX(gpa, r->start));
	u64 closed = first_closed(p, gpa, end);
	if (closed < end)
		stricter(&v, action_of(p, TESSERA_RULE_ACCESS, freeze), TESSERA_RULE_ACCESS,
			 closed);
	return v;
}

struct verdict policy_judge(const struct policy *p, u64 gpa, u64 length)
{
	return judge(p, gpa, length, TESSERA_ACTION_FREEZE);
}

struct verdict policy_judge_passed(const struct policy *p, u64 gpa, u64 length)
{
	return judge(p, gpa, length, TESSERA_ACTION_AUDIT);
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
	// A mixed page without SPP is right where there is no path: software serves it.
	return bits == derive_bits(path, tiles);
}

// The tiles of gpa's page that the tables let through.
static u32 admitted(const struct policy *p, u64 gpa)
{
	struct ept_leaf leaf = ept_lookup(p->ept, gpa);
	bool path;

	if (leaf.entry & EPT_W)
		return TILES_OPEN;
	if (leaf.level != 1 || !(leaf.entry & EPT_SPP))
		return 0;
	return sppt_gather(leaf_word(p, gpa, &path));
}

bool policy_admits(const struct policy *p, u64 gpa, u64 length)
{
	u64 end = gpa + length;

	for (u64 page = gpa & PAGE_MASK; page < end; page += PAGE_SIZE) {
		u32 first = (MAX(gpa, page) - page) / TILE;
		u32 last = (MIN(end, page + PAGE_SIZE) - 1 - page) / TILE;
		u32 wanted =
			TILES_OPEN << first & TILES_OPEN >> (TESSERA_TILES_PER_PAGE - 1 - last);

		if (wanted & ~admitted(p, page))
			return false;
	}
	return true;
}
