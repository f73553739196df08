// SPDX-License-Identifier: MIT
#include "hv/lib/string.h"
#include "spp/policy_internal.h"

#define TILE TESSERA_TILE_SIZE

// Copies the maps in `from` (of pages from from_gpa) that belong to pages of `to` (from gpa).
static void overlay_maps(u32 *to, u64 gpa, u32 pages, const u32 *from, u64 from_gpa, u32 from_pages)
{
	u64 start = MAX(gpa, from_gpa);
	u64 end = MIN(gpa + pages * PAGE_SIZE, from_gpa + from_pages * PAGE_SIZE);

	if (start < end)
		memcpy(to + (start - gpa) / PAGE_SIZE, from + (start - from_gpa) / PAGE_SIZE,
		       (end - start) / PAGE_SIZE * sizeof(*to));
}

static void load_maps(const struct policy *p, u64 gpa, u32 pages, u32 *tiles)
{
	const struct policy_change *c = &p->change;
	u32 run;

	for (u32 done = 0; done < pages; done += run) {
		const u32 *maps = access_run(&p->access, gpa + done * PAGE_SIZE, &run);

		run = MIN(run, pages - done);
		if (maps)
			memcpy(tiles + done, maps, run * sizeof(*tiles));
		else
			memset(tiles + done, 0xff, run * sizeof(*tiles));
	}
	if (c->maps)
		overlay_maps(tiles, gpa, pages, c->maps, c->gpa, c->pages);
}

// Closes every tile that contains a byte of [from, to), counted from the first page.
static void close_bytes(u32 *tiles, u64 from, u64 to)
{
	u32 first = from / TILE, last = (to - 1) / TILE;
	u32 page = first / TESSERA_TILES_PER_PAGE, end = last / TESSERA_TILES_PER_PAGE;
	u32 head = TILES_OPEN << (first % TESSERA_TILES_PER_PAGE);
	u32 tail = TILES_OPEN >> (TESSERA_TILES_PER_PAGE - 1 - last % TESSERA_TILES_PER_PAGE);

	if (page == end) {
		tiles[page] &= ~(head & tail);
		return;
	}
	tiles[page] &= ~head;
	memset(tiles + page + 1, 0, (end - page - 1) * sizeof(*tiles));
	tiles[end] &= ~tail;
}

void derive_tiles(const struct policy *p, u64 gpa, u32 pages, u32 *tiles)
{
	u64 end = gpa + pages * PAGE_SIZE;
	const struct region *r = NULL;

	load_maps(p, gpa, pages, tiles);
	while ((r = region_next(&p->regions, gpa, end, r)))
		if (!r->leaving)
			close_bytes(tiles, MAX(r->start, gpa) - gpa, MIN(r->end, end) - gpa);
}

enum shade derive_shade(const struct policy *p, u64 gpa, u64 size)
{
	const struct policy_change *c = &p->change;
	u64 end = gpa + size;
	u64 closed = gpa; // every tile below this one
	const struct region *r = NULL;

	while ((r = region_next(&p->regions, gpa, end, r))) {
		if (r->leaving)
			continue;
		if (ALIGN_DOWN(r->start, TILE) > closed)
			return SHADE_MIXED;
		closed = MAX(closed, ALIGN_UP(r->end, TILE));
		if (closed >= end)
			return SHADE_CLOSED;
	}
	if (closed > gpa || (c->maps && c->gpa < end && c->gpa + c->pages * PAGE_SIZE > gpa))
		return SHADE_MIXED;
	return access_is_open(&p->access, gpa, size) ? SHADE_OPEN : SHADE_MIXED;
}

u32 policy_tiles(const struct policy *p, u64 gpa)
{
	u32 tiles;

	derive_tiles(p, gpa & PAGE_MASK, 1, &tiles);
	return tiles;
}
