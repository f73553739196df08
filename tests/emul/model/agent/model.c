// SPDX-License-Identifier: MIT
#include "tests/emul/model/agent/model.h"

#include "hv/lib/string.h"

#define SLICES_PER_PAGE (PAGE_SIZE / SLICE)

u8 truth[GAME_SIZE];
struct book common;

// How many regions of each action cover a byte, and the tiles that the access maps close.
static u8 covers[TESSERA_ACTION_COUNT][GAME_SIZE];
static bool closed[GAME_SIZE / TILE];

static u32 slice_of(u32 at)
{
	return ((at - SLICE_FIRST) % PAGE_SIZE) / SLICE;
}

bool model_mine(const struct player *p, u32 at)
{
	return at / PAGE_SIZE != COUNTER_PAGE && slice_of(at) % cpu_count == p->seat;
}

u32 model_slice(const struct player *p, u64 random)
{
	u32 each = SLICES_PER_PAGE / cpu_count;

	return SLICE_FIRST + (u32)(random % each * cpu_count + p->seat) * SLICE;
}

enum tessera_action model_action(u32 at)
{
	if (closed[at / TILE] || covers[TESSERA_ACTION_DENY][at])
		return TESSERA_ACTION_DENY;
	if (covers[TESSERA_ACTION_DISCARD][at])
		return TESSERA_ACTION_DISCARD;
	return covers[TESSERA_ACTION_AUDIT][at] ? TESSERA_ACTION_AUDIT : TESSERA_ACTION_ALLOW;
}

bool model_ruled(u32 at, u32 length)
{
	for (u32 end = at + length; at < end; at++)
		if (model_action(at) != TESSERA_ACTION_ALLOW)
			return true;
	return false;
}

void model_set_map(u32 page, u32 map)
{
	for (u32 i = 0; i < TILES; i++)
		closed[page * TILES + i] = !(map >> i & 1);
}

u32 model_get_map(u32 page)
{
	u32 map = 0;

	for (u32 i = 0; i < TILES; i++)
		if (!model_ruled(page * PAGE_SIZE + i * TILE, TILE))
			map |= 1U << i;
	return map;
}

void model_cover(enum tessera_action action, const struct region *r, bool more)
{
	for (u32 i = r->start; i < r->start + r->length; i++)
		covers[action][i] += more ? 1 : -1;
}

static void find_covering(u64 *set, const struct book *b, enum tessera_action action, u32 at)
{
	for (u32 i = 0; i < b->regions; i++) {
		const struct region *r = &b->region[i];
		bool fits = r->rule == TESSERA_RULE_DENY && action == TESSERA_ACTION_DENY;

		if (at < r->start || at >= r->start + r->length)
			continue;
		for (u32 n = 0; n < b->rules; n++)
			fits |= b->rule[n].number == r->rule && b->rule[n].action == action;
		if (fits)
			set[r->rule / 64] |= BIT(r->rule % 64);
	}
}

static struct expected *note(struct player *p, const struct shot *s, const struct extent *extent,
			     u32 at, enum tessera_action action, u32 size)
{
	struct expected *e = &p->log[p->logged % LOG_MAX];

	*e = (struct expected){ .gva = extent->gva + (at - extent->at),
				.rip = s->rip,
				.at = at,
				.step = p->step,
				.doing = p->doing,
				.action = (u8)action,
				.size = (u8)size };
	find_covering(e->covering, &common, action, at);
	find_covering(e->covering, &p->book, action, at);
	if (closed[at / TILE] && action == TESSERA_ACTION_DENY)
		e->covering[0] |= BIT(TESSERA_RULE_ACCESS);
	p->logged++;
	return e;
}

// The part of an aligned word that an extent covers, and what the rules say of its changed bytes.
struct word {
	u32 start, end;
	u32 changed;
	u32 worst_at;
	enum tessera_action worst;
};

static struct word look_at_word(const struct extent *extent, const u8 *after, u32 at)
{
	struct word w = { .start = at,
			  .end = MIN((u32)ALIGN_DOWN(at, 8) + 8, extent->at + extent->length) };

	for (u32 i = w.start; i < w.end; i++) {
		enum tessera_action action = model_action(i);

		if (after[i - extent->at] == truth[i])
			continue;
		w.changed++;
		if (action > w.worst) {
			w.worst = action;
			w.worst_at = i;
		}
	}
	return w;
}

static bool denied_by_change(struct player *p, const struct shot *s, const struct extent *extent,
			     const u8 *after)
{
	struct word w;

	for (u32 at = extent->at; at < extent->at + extent->length; at = w.end) {
		w = look_at_word(extent, after, at);
		if (w.worst == TESSERA_ACTION_DENY) {
			note(p, s, extent, w.worst_at, w.worst, w.changed);
			return true;
		}
	}
	return false;
}

static u64 word_now(u32 at)
{
	u64 word;

	memcpy(&word, &truth[ALIGN_DOWN(at, 8)], 8);
	return word;
}

static u64 mask_of_mine(const struct player *p, u32 at)
{
	u64 mask = 0;

	for (u32 i = 0; i < 8; i++)
		if (model_mine(p, (u32)ALIGN_DOWN(at, 8) + i))
			mask |= 0xffULL << 8 * i;
	return mask;
}

static void commit(struct player *p, const struct shot *s, const struct extent *extent,
		   const u8 *after)
{
	struct expected *e = NULL;
	u64 before = word_now(extent->at);
	struct word w;

	for (u32 at = extent->at; at < extent->at + extent->length; at = w.end) {
		w = look_at_word(extent, after, at);
		if (w.worst != TESSERA_ACTION_ALLOW) {
			e = note(p, s, extent, w.worst_at, w.worst, w.changed);
			e->before = word_now(at);
		}
		for (u32 i = w.start; i < w.end; i++)
			if (model_action(i) <= TESSERA_ACTION_AUDIT)
				truth[i] = after[i - extent->at];
		if (w.worst != TESSERA_ACTION_ALLOW) {
			e->after = word_now(at);
			e->mine = mask_of_mine(p, at);
		}
	}
	if (!e && model_action(extent->at) != TESSERA_ACTION_ALLOW) { // it changed nothing there
		e = note(p, s, extent, extent->at, model_action(extent->at), 0);
		e->before = before;
		e->after = word_now(extent->at);
		e->mine = mask_of_mine(p, extent->at);
	}
}

bool model_store(struct player *p, const struct shot *s)
{
	const u8 *after = s->after;

	for (u32 i = 0; i < s->extents; i++) {
		if (model_action(s->extent[i].at) == TESSERA_ACTION_DENY) {
			note(p, s, &s->extent[i], s->extent[i].at, TESSERA_ACTION_DENY, 0);
			return true;
		}
	}
	for (u32 i = 0; i < s->extents; after += s->extent[i++].length)
		if (denied_by_change(p, s, &s->extent[i], after))
			return true;
	after = s->after;
	for (u32 i = 0; i < s->extents; after += s->extent[i++].length)
		commit(p, s, &s->extent[i], after);
	return false;
}
