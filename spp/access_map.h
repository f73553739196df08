// SPDX-License-Identifier: MIT
// Access maps: 32 bits for each 4 KiB page, bit i = this map lets tile i be written.
// Kept by 4 MiB units of one pool page, under a three-level directory. A unit whose maps are all
// ones takes no memory, so what the maps cost depends on their contents only. Pure.
#ifndef SPP_ACCESS_MAP_H
#define SPP_ACCESS_MAP_H

#include "hv/lib/pool.h"
#include "hv/lib/types.h"

struct access_maps {
	struct pool *pool;
	u64 *root; // NULL while every map is all ones
	u32 pages; // pages whose map is not all ones
};

void access_init(struct access_maps *a, struct pool *pool);
void access_destroy(struct access_maps *a);

// The map of gpa's page.
u32 access_map(const struct access_maps *a, u64 gpa);

// The maps from gpa's page on: *run pages of them until the unit ends. NULL: all of these are ones.
const u32 *access_run(const struct access_maps *a, u64 gpa, u32 *run);

// True when every map in [gpa, gpa + size) is all ones.
bool access_is_open(const struct access_maps *a, u64 gpa, u64 size);

// Makes room for the maps of `pages` pages from gpa, where `maps` are not all ones. NO_MEMORY; call
// access_trim after that.
int access_reserve(struct access_maps *a, u64 gpa, u32 pages, const u32 *maps);

// Stores the maps. access_reserve made room for them.
void access_store(struct access_maps *a, u64 gpa, u32 pages, const u32 *maps);

// Gives back the units around these pages that are all ones, or were never used.
void access_trim(struct access_maps *a, u64 gpa, u32 pages);

#endif
