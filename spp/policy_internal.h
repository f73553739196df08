// SPDX-License-Identifier: MIT
// From rules to tables, inside this room: derives tile vectors from the rules (policy_derive.c) and
// writes them into EPT and SPPT (policy_apply.c). Both count a change in preparation as made.
#ifndef SPP_POLICY_INTERNAL_H
#define SPP_POLICY_INTERNAL_H

#include "spp/policy.h"

enum shade { SHADE_OPEN, SHADE_CLOSED, SHADE_MIXED };

// The tile vectors of `pages` pages from gpa. One query of the regions for all of them.
void derive_tiles(const struct policy *p, u64 gpa, u32 pages, u32 *tiles);

// BAD_ARGUMENT for an empty range or one that wraps, BAD_ADDRESS for one with bytes that are not
// the guest's.
int derive_range(const struct policy *p, u64 gpa, u64 length);

// Whether [gpa, gpa + size) is open, closed or mixed as a whole, if that is cheap to find. MIXED
// may also be a range that regions and access maps close only together.
enum shade derive_shade(const struct policy *p, u64 gpa, u64 size);

// The EPT write bits of a page with this tile vector: EPT_W, EPT_SPP or 0.
static inline u64 derive_bits(bool spp, u32 tiles)
{
	return tiles == TILES_OPEN ? EPT_W : spp && tiles ? EPT_SPP : 0;
}

// Allocates what a commit of [gpa, gpa + size) will need: smaller pages, SPPT paths. Changes no
// rights. After NO_MEMORY the caller undoes its change and calls apply_tidy.
int apply_prepare(struct policy *p, u64 gpa, u64 size);

// Writes the leaf words and EPT bits that follow from the rules. Cannot fail. The caller calls
// apply_tidy when all of its change is committed, since what one part has prepared must not look
// unused to another.
void apply_commit(struct policy *p, u64 gpa, u64 size);

// Counts a change of what the tables admit (policy_generation).
static inline void policy_count(struct policy *p)
{
	__atomic_store_n(&p->generation, p->generation + 1, __ATOMIC_RELAXED);
}

// Frees SPPT leaf tables that no page needs, and merges equal pages into larger leaves again.
void apply_tidy(struct policy *p, u64 gpa, u64 size);

#endif
