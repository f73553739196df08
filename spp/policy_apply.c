// SPDX-License-Identifier: MIT
#include "ept/entry.h"
#include "spp/policy_internal.h"
#include "tessera/hypercall.h"

#define WRITE_BITS (EPT_W | EPT_SPP)

// A piece of the range that a change touches: one GiB that is uniform as a whole, or some pages
// [first, first + count) of one 2 MiB.
struct piece {
	u64 base;
	u64 size;
	u32 first;
	u32 count;
};

typedef int (*piece_work)(struct policy *p, const struct piece *piece);

static u64 whole_pages(u64 gpa, u64 size)
{
	return ALIGN_UP(gpa + size, PAGE_SIZE);
}

static struct piece next_piece(const struct policy *p, u64 gpa, u64 end)
{
	u64 base = ALIGN_DOWN(gpa, SIZE_2M);
	struct piece piece = { .base = base, .size = SIZE_2M };

	if (gpa % SIZE_1G == 0 && end - gpa >= SIZE_1G &&
	    derive_shade(p, gpa, SIZE_1G) != SHADE_MIXED)
		return (struct piece){ .base = gpa, .size = SIZE_1G };
	// A page that a starved miss left to software goes back to hardware with the first change
	// that finds memory again, wherever in the 2 MiB it is.
	if (p->starved) {
		piece.count = TABLE_ENTRIES;
	} else {
		piece.first = table_index(gpa, 1);
		piece.count = (MIN(end, base + SIZE_2M) - gpa) / PAGE_SIZE;
	}
	return piece;
}

static int each_piece(struct policy *p, u64 gpa, u64 size, piece_work work)
{
	u64 end = whole_pages(gpa, size);
	int rc = TESSERA_OK;

	for (gpa &= PAGE_MASK; gpa < end && rc == TESSERA_OK;) {
		struct piece piece = next_piece(p, gpa, end);

		rc = work(p, &piece);
		gpa = piece.base + piece.size;
	}
	return rc;
}

// The leaves of a 2 MiB, or NULL where it is one large leaf, or a hole as large.
static u64 *small_leaves(const struct ept_leaf *leaf)
{
	return leaf->size == PAGE_SIZE ? leaf->slot - table_index(leaf->gpa, 1) : NULL;
}

static u64 shade_bits(enum shade shade)
{
	return shade == SHADE_OPEN ? EPT_W : 0;
}

// What the 512 vectors in p->tiles make of their 2 MiB. Without SPP every page that is not open is
// W=0, so that only openness matters.
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

// A new leaf table is filled with the vectors of the change: until the commit no EPT entry asks it.
static int prepare_sppt(struct policy *p, const struct piece *piece)
{
	if (!p->hardware || sppt_walk(&p->sppt, piece->base, NULL))
		return TESSERA_OK;
	derive_tiles(p, piece->base + piece->first * PAGE_SIZE, piece->count, p->tiles);
	if (!any_mixed(p->tiles, piece->count))
		return TESSERA_OK;
	derive_tiles(p, piece->base, TABLE_ENTRIES, p->tiles);
	return sppt_build(&p->sppt, piece->base, p->tiles);
}

static int prepare_piece(struct policy *p, const struct piece *piece)
{
	if (piece->size == SIZE_1G)
		return TESSERA_OK;
	struct ept_leaf leaf = ept_lookup(p->ept, piece->base);
	if (leaf.level >= 2) {
		enum shade shade = shade_of_2m(p, piece->base);

		if (shade != SHADE_MIXED && (leaf.entry & EPT_W) == shade_bits(shade))
			return TESSERA_OK;
		if (ept_split(p->ept, piece->base, SIZE_2M, shade == SHADE_MIXED ? 1 : 2))
			return TESSERA_NO_MEMORY;
		if (shade != SHADE_MIXED)
			return TESSERA_OK;
	}
	return prepare_sppt(p, piece);
}

// Stores a leaf word. True if that closed a tile.
static bool store_leaf(u64 *slot, u64 new)
{
	u64 old = *slot;

	if (old == new)
		return false;
	table_publish(slot, new);
	return old & ~new;
}

// Changes what EPT says about a page, and its leaf word if it has one. To close: the leaf word
// before the EPT bit; to open: the EPT bit before the leaf word. So an EPT entry with SPP never
// meets a word that says less than both the old and the new rules.
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

// The pages of a piece that is mapped by small leaves, by the vectors in p->tiles.
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

static void commit_large(struct policy *p, const struct piece *piece, const struct ept_leaf *leaf)
{
	derive_tiles(p, piece->base, 1, p->tiles);
	u64 bits = derive_bits(false, p->tiles[0]);
	if (leaf->level && (leaf->entry & EPT_W) != bits)
		p->shootdown_owed |= ept_set_write(p->ept, piece->base, piece->size, bits);
}

static int commit_piece(struct policy *p, const struct piece *piece)
{
	struct ept_leaf leaf = ept_lookup(p->ept, piece->base);
	u64 *ept_slot = small_leaves(&leaf);
	u32 first = piece->first;

	if (piece->size == SIZE_1G) {
		u64 bits = shade_bits(derive_shade(p, piece->base, SIZE_1G));

		p->shootdown_owed |= ept_set_write(p->ept, piece->base, piece->size, bits);
	} else if (!ept_slot) {
		commit_large(p, piece, &leaf);
	} else {
		u64 *sppt_slot = p->hardware ? sppt_walk(&p->sppt, piece->base, NULL) : NULL;

		derive_tiles(p, piece->base + first * PAGE_SIZE, piece->count, p->tiles);
		apply_commit_pages(p, ept_slot + first, sppt_slot ? sppt_slot + first : NULL,
				   piece->count);
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
		// One leaf for 1 GiB, and no SPPT table for any part of it: nothing more to find.
		next = leaf.size >= SIZE_1G && level > 2 ? ALIGN_DOWN(gpa, SIZE_1G) + SIZE_1G
							 : gpa + SIZE_2M;
	}
}

int apply_prepare(struct policy *p, u64 gpa, u64 size)
{
	return each_piece(p, gpa, size, prepare_piece);
}

void apply_commit(struct policy *p, u64 gpa, u64 size)
{
	each_piece(p, gpa, size, commit_piece);
}
