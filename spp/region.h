// SPDX-License-Identifier: MIT
// The set of protected byte ranges: an interval tree. Regions may overlap and touch; the same range
// may exist once per rule. Lookup O(log n) an answer, insert and remove O(log n), whatever order an
// attacker chooses. Pure; nodes are packed into as few pool pages as their number needs.
#ifndef SPP_REGION_H
#define SPP_REGION_H

#include "hv/lib/pool.h"
#include "hv/lib/types.h"

struct region {
	u64 start;   // first byte, guest-physical
	u64 end;     // first byte after
	u64 max_end; // largest end in this subtree
	struct region *left, *right;
	u32 nodes; // in this subtree: the tree's balance, and the way to the n-th region
	u32 rule : 30;
	u32 joining : 1; // a change that is being prepared (spp/policy_regions.c) adds it,
	u32 leaving : 1; // or removes it: it no longer counts
};

struct region_set {
	struct pool *pool;
	struct region *root;
	void *slabs; // pages of nodes, all full but the first
	u32 count;
};

void region_set_init(struct region_set *s, struct pool *pool);

// Gives all nodes back to the pool.
void region_set_destroy(struct region_set *s);

// A region's address is valid until the next insert or remove.
// EXISTS if the same range is there with the same rule; NO_MEMORY.
int region_insert(struct region_set *s, u64 start, u64 end, u32 rule);

// NOT_FOUND when no region has exactly this range and rule.
int region_remove(struct region_set *s, u64 start, u64 end, u32 rule);

// The region with exactly this range and rule, or NULL.
struct region *region_find(const struct region_set *s, u64 start, u64 end, u32 rule);

// The regions that overlap [start, end), in order of (start, end, rule): start with after = NULL,
// then pass the previous result. NULL after the last one.
const struct region *region_next(const struct region_set *s, u64 start, u64 end,
				 const struct region *after);

// The index-th region in order, or NULL.
const struct region *region_at(const struct region_set *s, u32 index);

#endif
