// SPDX-License-Identifier: MIT
#include "ept/entry.h"
#include "spp/policy_internal.h"
#include "tessera/hypercall.h"

#define WRITE_BITS (EPT_W | EPT_SPP)

// A part of the range that a change touches: 1 GiB that is uniform, or the pages
// [first, first + count) of one 2 MiB range.
struct extent {
	u64 base;
	u64 size;
	u32 first;
	u32 count;
};

typedef int (*extent_work)(struct policy *p, const struct extent *extent);

static u64 whole_pages(u64 gpa, u64 size)
{
	return ALIGN_UP(gpa + size, PAGE_SIZE);
}

static struct extent next_extent(const struct policy *p, u64 gpa, u64 end)
{
	u64 base = ALIGN_DOWN(gpa, SIZE_2M);
	struct extent extent = { .base = base, .size = SIZE_2M };

	if (gpa % SIZE_1G == 0 && end - gpa >= SIZE_1G &&
	    derive_shade(p, gpa, SIZE_1G) != SHADE_MIXED)
		return (struct extent){ .base = gpa, .size = SIZE_1G };
	// After a miss without memory a page is served by software. The first change in its 2 MiB
	// range that finds memory returns it to hardware.
	if (p->starved) {
		extent.count = TABLE_ENTRIES;
	} else {
		extent.first = table_index(gpa, 1);
		extent.count = (MIN(end, base + SIZE_2M) - gpa) / PAGE_SIZE;
	}
	return extent;
}

static int each_piece(struct policy *p, u64 gpa, u64 size, extent_work work)
{
	u64 end = whole_pages(gpa, size);
	int rc = TESSERA_OK;

	for (gpa &= PAGE_MASK; gpa < end && rc == TESSERA_OK;) {
		struct extent extent = next_extent(p, gpa, end);

		rc = work(p, &extent);
		gpa = extent.base + extent.size;
	}
	return rc;
}

// The leaves of a 2 MiB range; NULL if it is one large leaf or a hole.
static u64 *small_leaves(const struct ept_leaf *leaf)
{
	return leaf->size == PAGE_SIZE ? leaf->slot - table_index(leaf->gpa, 1) : NULL;
}

static u64 shade_bits(enum shade shade)
{
	return shade == SHADE_OPEN ? EPT_W : 0;
}

// The shade of the 2 MiB range whose 512 vectors are in p->tiles. Without SPP every page that is
// not open has W=0, so only open and not open differ.
static enum shade shade_of_tiles(const struct policy *p)
{
	u64 bits = derive_bits(p->hardware, p->tiles[0]);

	for (u32 i = 1; i < TABLE_ENTRIES && bits != EPT_SPP; i++)
		if (derive_bits(p->hardware, p->tiles[i]) != bits)
			bits = EPT_SPP;
	return bits == EPT_SPP ? SHADE_MIXED : bits ? SHADE_OPEN : SHADE_CLOSED;
}

static enum shade shade_of_2m(struct policy *p, u64 base)
{
	enum shade shade = derive_shade(p, base, SIZE_2M);

	if (shade != SHADE_MIXED)
		return shade;
	derive_tiles(p, base, TABLE_ENTRIES, p->tiles);
	return shade_of_tiles(p);
}

static bool any_mixed(const u32 *tiles, u32 count)
{
	for (u32 i = 0; i < count; i++)
		if (derive_bits(true, tiles[i]) == EPT_SPP)
			return true;
	return false;
}

// Fills a new leaf table with the vectors of the change. Until the commit no EPT entry refers to
// it.
static int prepare_sppt(struct policy *p, const struct extent *extent)
{
	if (!p->hardware || sppt_walk(&p->sppt, extent->base, NULL))
		return TESSERA_OK;
	derive_tiles(p, extent->base + extent->first * PAGE_SIZE, extent->count, p->tiles);
	if (!any_mixed(p->tiles, extent->count))
		return TESSERA_OK;
	derive_tiles(p, extent->base, TABLE_ENTRIES, p->tiles);
	return sppt_build(&p->sppt, extent->base, p->tiles);
}

static int prepare_extent(struct policy *p, const struct extent *extent)
{
	if (extent->size == SIZE_1G)
		return TESSERA_OK;
	struct ept_leaf leaf = ept_lookup(p->ept, extent->base);
	if (leaf.level >= 2) {
		enum shade shade = shade_of_2m(p, extent->base);

		if (shade != SHADE_MIXED && (leaf.entry & EPT_W) == shade_bits(shade))
			return TESSERA_OK;
		if (ept_split(p->ept, extent->base, SIZE_2M, shade == SHADE_MIXED ? 1 : 2))
			return TESSERA_NO_MEMORY;
		if (shade != SHADE_MIXED)
			return TESSERA_OK;
	}
	return prepare_sppt(p, extent);
}

// Stores a leaf word. Returns true if that closed a tile.
static bool store_leaf(u64 *slot, u64 new)
{
	u64 old = *slot;

	if (old == new)
		return false;
	table_publish(slot, new);
	return old & ~new;
}

// Changes the EPT bits of a page, and its leaf word if it has one. Closing stores the leaf word
// before the EPT bit, opening the EPT bit before the leaf word. An EPT entry with SPP therefore
// never refers to a word that opens tiles which neither the old nor the new rules open.
static void change_page(struct policy *p, u64 *ept_slot, u64 bits, u64 *sppt_slot, u64 word)
{
	u64 entry = table_load(ept_slot);
	bool closes = !bits || (entry & EPT_W);

	if (!entry_present(entry))
		return;
	entry = (entry & ~WRITE_BITS) | bits;
	if (!closes)
		entry_store(p->ept, ept_slot, entry);
	if (sppt_slot)
		store_leaf(sppt_slot, word);
	if (closes)
		entry_store(p->ept, ept_slot, entry);
	p->shootdown_owed |= closes;
}

// Commits the pages of an extent that small leaves map, from the vectors in p->tiles.
static void apply_commit_pages(struct policy *p, u64 *ept_slot, u64 *sppt_slot, u32 count)
{
	const u32 *tiles = p->tiles;

	for (const u32 *end = tiles + count; tiles < end; tiles++, ept_slot++) {
		u64 bits = derive_bits(sppt_slot, *tiles);
		u64 word = sppt_spread(*tiles);

		if ((*ept_slot & WRITE_BITS) != bits)
			change_page(p, ept_slot, bits, sppt_slot, word);
		else if (sppt_slot && store_leaf(sppt_slot, word) && bits == EPT_SPP)
			p->shootdown_owed = true;
		if (sppt_slot)
			sppt_slot++;
	}
}

static void commit_large(struct policy *p, const struct extent *extent, const struct ept_leaf *leaf)
{
	derive_tiles(p, extent->base, 1, p->tiles);
	u64 bits = derive_bits(false, p->tiles[0]);
	if (leaf->level && (leaf->entry & EPT_W) != bits)
		p->shootdown_owed |= ept_set_write(p->ept, extent->base, extent->size, bits);
}

static int commit_extent(struct policy *p, const struct extent *extent)
{
	struct ept_leaf leaf = ept_lookup(p->ept, extent->base);
	u64 *ept_slot = small_leaves(&leaf);
	u32 first = extent->first;

	if (extent->size == SIZE_1G) {
		u64 bits = shade_bits(derive_shade(p, extent->base, SIZE_1G));

		p->shootdown_owed |= ept_set_write(p->ept, extent->base, extent->size, bits);
	} else if (!ept_slot) {
		commit_large(p, extent, &leaf);
	} else {
		u64 *sppt_slot = p->hardware ? sppt_walk(&p->sppt, extent->base, NULL) : NULL;

		derive_tiles(p, extent->base + first * PAGE_SIZE, extent->count, p->tiles);
		apply_commit_pages(p, ept_slot + first, sppt_slot ? sppt_slot + first : NULL,
				   extent->count);
	}
	policy_count(p);
	return TESSERA_OK;
}

static bool asks_sppt(const struct ept_leaf *leaf)
{
	const u64 *slot = small_leaves(leaf);

	for (u32 i = 0; slot && i < TABLE_ENTRIES; i++)
		if (slot[i] & EPT_SPP)
			return true;
	return false;
}

void apply_tidy(struct policy *p, u64 gpa, u64 size)
{
	u64 end = whole_pages(gpa, size);
	u64 next;

	for (gpa = ALIGN_DOWN(gpa, SIZE_2M); gpa < end; gpa = next) {
		struct ept_leaf leaf = ept_lookup(p->ept, gpa);
		u32 level = EPT_ROOT_LEVEL;

		if (p->hardware && sppt_walk(&p->sppt, gpa, &level) && !asks_sppt(&leaf))
			sppt_drop(&p->sppt, gpa);
		ept_merge(p->ept, gpa);
		// One leaf maps 1 GiB, and no part of it has an SPPT table: nothing to do.
		next = leaf.size >= SIZE_1G && level > 2 ? ALIGN_DOWN(gpa, SIZE_1G) + SIZE_1G
							 : gpa + SIZE_2M;
	}
}

int apply_prepare(struct policy *p, u64 gpa, u64 size)
{
	return each_piece(p, gpa, size, prepare_extent);
}

void apply_commit(struct policy *p, u64 gpa, u64 size)
{
	each_piece(p, gpa, size, commit_extent);
}
