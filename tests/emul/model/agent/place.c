// SPDX-License-Identifier: MIT
#include "tests/emul/model/agent/shots.h"

#define COPIES_PAGE  900 // of the arena
#define WINDOW_EACH  8   // pages of the window for each CPU
#define SURROUNDINGS 16

static u32 window_first(const struct player *p)
{
	return 2 + p->number * WINDOW_EACH;
}

u8 *place_linear(const struct player *p, u32 offset)
{
	return WINDOW + window_first(p) * PAGE_SIZE + offset;
}

u32 place_at(const struct place *w, u32 offset)
{
	return w->page[offset / PAGE_SIZE] * (u32)PAGE_SIZE + offset % PAGE_SIZE;
}

static void map(const struct player *p, u32 n, const u8 *to)
{
	window_map(window_first(p) + n, gpa_of(to), PTE_P | PTE_W);
}

void place_map(const struct player *p, const struct place *w)
{
	for (u32 n = 0; n < 2; n++)
		map(p, n, game_memory + w->page[n] * PAGE_SIZE);
}

u8 *place_copy(const struct player *p)
{
	return page(COPIES_PAGE + 2 * p->number);
}

void place_map_copy(const struct player *p)
{
	for (u32 n = 0; n < 2; n++)
		map(p, n, place_copy(p) + n * PAGE_SIZE);
}

// Where something may go wrong: at the borders of tiles and pages.
static u32 offset_alone(struct player *p, u32 size)
{
	u32 border = (1 + below(p, TILES - 1)) * TILE, back = below(p, size + 1);

	switch (below(p, 8)) {
	case 0:
	case 1:
		return border - MIN(border, back); // a string is longer than a tile
	case 2:
		return (u32)PAGE_SIZE - 1 - back;
	default:
		return below(p, PAGE_SIZE);
	}
}

static u32 offset_in_slice(struct player *p, u32 size)
{
	u32 start = model_slice(p, chance(p));

	return start + below(p, SLICE - size + 1);
}

// At the edge of a region of one's own.
static bool at_region(struct player *p, struct place *w)
{
	const struct region *r = &p->book.region[below(p, p->book.regions)];
	u32 at = r->start + (below(p, 2) ? r->length : 0);
	u32 back = below(p, w->size + 2);

	at = at > back ? at - back : 0;
	w->page[0] = at / PAGE_SIZE;
	w->offset = at % PAGE_SIZE;
	return w->page[0] < COUNTER_PAGE;
}

bool place_is_mine(const struct player *p, const struct place *w)
{
	for (u32 i = w->offset; i < w->offset + w->size; i++)
		if (!model_mine(p, place_at(w, i)))
			return false;
	return true;
}

static struct place place_try(struct player *p, u32 size)
{
	struct place w = { .size = size };

	if (!p->book.regions || below(p, 3) || !at_region(p, &w)) {
		w.page[0] = below(p, COUNTER_PAGE);
		w.offset = cpu_count == 1 ? offset_alone(p, size) : offset_in_slice(p, size);
	}
	// The pages that a store crosses need not be neighbours.
	w.page[1] = below(p, 2) ? w.page[0] + 1 : below(p, COUNTER_PAGE);
	if (w.page[1] == w.page[0] || w.page[1] == COUNTER_PAGE)
		w.page[1] = w.page[0] ? w.page[0] - 1 : 1;
	return w;
}

struct place place_random(struct player *p, u32 size)
{
	struct place w;

	do
		w = place_try(p, size);
	while (!place_is_mine(p, &w));
	return w;
}

struct shot place_shot(const struct player *p, const struct place *w, u32 offset, u32 size)
{
	struct shot s = { .extents = 1 };
	u32 room = (u32)PAGE_SIZE - offset % PAGE_SIZE;

	s.extent[0] = (struct extent){ .at = place_at(w, offset),
				       .length = MIN(size, room),
				       .gva = (u64)place_linear(p, offset) };
	if (size > room) {
		s.extents = 2;
		s.extent[1] = (struct extent){ .at = place_at(w, offset + room),
					       .length = size - room,
					       .gva = (u64)place_linear(p, offset + room) };
	}
	return s;
}

static bool extent_is_judged_otherwise(const struct player *p, const struct extent *x)
{
	u32 tile = (u32)ALIGN_DOWN(x->at, TILE), next = tile + TILE;

	if (x->at + x->length <= next || !model_ruled(next, x->at + x->length - next))
		return false;
	for (u32 i = tile; i < next; i++)
		if (model_mine(p, i) && model_action(i) != TESSERA_ACTION_ALLOW)
			return false;
	return true;
}

bool place_is_judged_otherwise(const struct player *p, const struct shot *s)
{
	bool otherwise = false;

	for (u32 i = 0; i < s->extents && p->hardware; i++)
		otherwise |= extent_is_judged_otherwise(p, &s->extent[i]);
	return otherwise;
}

void place_compare(struct player *p, const struct place *w)
{
	u32 first = w->offset > SURROUNDINGS ? w->offset - SURROUNDINGS : 0;
	u32 end = MIN(w->offset + w->size + SURROUNDINGS, 2 * (u32)PAGE_SIZE);

	for (u32 i = first; i < end; i++) {
		u32 at = place_at(w, i);

		if (model_mine(p, at) && game_memory[at] != truth[at])
			mismatch(p, "the byte at gpa 0x%lx is 0x%x and should be 0x%x",
				 gpa_of(game_memory) + at, game_memory[at], truth[at]);
	}
}
