// SPDX-License-Identifier: MIT
// The Sub-Page Permission Table: 4 fixed levels by GPA 47:39, 38:30, 29:21, 20:12. Upper entries:
// bit 0 valid, 51:12 address. A leaf is one word for a 4 KiB page, bit 2i = tile i may be written;
// it has no valid bit, so a leaf table is filled before it is published. Pure.
// Manual: "Sub-Page Write Permissions for EPT".
#ifndef SPP_SPPT_H
#define SPP_SPPT_H

#include "ept/table_pool.h"
#include "hv/lib/types.h"
#include "tessera/hypercall.h"

#define SPPT_VALID    BIT(0)
#define SPPT_ALL_OPEN 0x5555555555555555ULL
// The bit of gpa's tile in the 32-bit form.
#define TILE_BIT(gpa) (1U << (((gpa) / TESSERA_TILE_SIZE) % TESSERA_TILES_PER_PAGE))
#define TILES_OPEN    0xffffffffU // the 32-bit form: bit i = tile i may be written

struct sppt {
	struct tables tables; // in use, the root included, and in limbo
	u64 *root;
};

// Tile vectors: bit i of `tiles` to bit 2i of a leaf word, and back (odd bits are ignored). The
// bits move apart or together in five steps, the distance halved or doubled each time.
static inline u64 sppt_spread(u32 tiles)
{
	u64 x = tiles;

	x = (x | x << 16) & 0x0000ffff0000ffffULL;
	x = (x | x << 8) & 0x00ff00ff00ff00ffULL;
	x = (x | x << 4) & 0x0f0f0f0f0f0f0f0fULL;
	x = (x | x << 2) & 0x3333333333333333ULL;
	return (x | x << 1) & SPPT_ALL_OPEN;
}

static inline u32 sppt_gather(u64 leaf)
{
	u64 x = leaf & SPPT_ALL_OPEN;

	x = (x | x >> 1) & 0x3333333333333333ULL;
	x = (x | x >> 2) & 0x0f0f0f0f0f0f0f0fULL;
	x = (x | x >> 4) & 0x00ff00ff00ff00ffULL;
	x = (x | x >> 8) & 0x0000ffff0000ffffULL;
	return x | x >> 16;
}

int sppt_create(struct sppt *t, struct pool *pool);
void sppt_destroy(struct sppt *t);

// The leaf word's slot for gpa, or NULL where the path is missing. *level (may be NULL) says where
// the walk ended: 1 = the leaf, 4..2 = the level of the entry that is not valid or malformed.
u64 *sppt_walk(const struct sppt *t, u64 gpa, u32 *level);

// Builds the path to the leaf table of gpa's 2 MiB, with the tile vectors of its 512 pages: they
// are in the table before it is published. Does nothing if the path exists. NO_MEMORY.
int sppt_build(struct sppt *t, u64 gpa, const u32 *tiles);

// True when an upper entry on gpa's path has a reserved bit or leads out of the pool, or the leaf
// has an odd bit.
bool sppt_malformed(const struct sppt *t, u64 gpa, u8 addr_bits);

// Clears the reserved bits of the upper entries on gpa's path; an entry that leads out of the pool
// becomes not valid. The caller writes the leaf table again.
void sppt_repair(struct sppt *t, u64 gpa, u8 addr_bits);

// Unlinks the leaf table of gpa's 2 MiB, and upper tables that become empty, into limbo.
void sppt_drop(struct sppt *t, u64 gpa);

// Frees the tables in limbo. Only after every CPU invalidated since they were unlinked.
void sppt_reap(struct sppt *t);

#endif
