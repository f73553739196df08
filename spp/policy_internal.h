// SPDX-License-Identifier: MIT
// From rules to tables, inside this room: what the rules say about pages (derive.c), and how EPT
// and SPPT are brought to say it (apply.c). Both count the change in preparation as made.
#ifndef SPP_POLICY_INTERNAL_H
#define SPP_POLICY_INTERNAL_H

#include "spp/policy.h"

enum shade { SHADE_OPEN, SHADE_CLOSED, SHADE_MIXED };

// The tile vectors of `pages` pages from gpa. One query of the regions for all of them.
void derive_tiles(const struct policy *p, u64 gpa, u32 pages, u32 *tiles);

// BAD_ARGUMENT for an empty range or one that wraps, BAD_ADDRESS for one that is not all the
// guest's.
int derive_range(const struct policy *p, u64 gpa, u64 length);

// What [gpa, gpa + size) is as a whole, as far as that is cheap to tell: MIXED may also be a range
// that only regions and access maps together close.
enum shade derive_shade(const struct policy *p, u64 gpa, u64 size);

// The EPT write bits of a page with this tile vector: EPT_W, EPT_SPP or 0.
static inline u64 derive_bits(bool spp, u32 tiles)
{
	return tiles == TILES_OPEN ? EPT_W : spp && tiles ? EPT_SPP : 0;
}

// Makes everything that a commit of [gpa, gpa + size) will need: smaller pages, SPPT paths. Changes
// no meaning. After NO_MEMORY the caller takes its change back and calls apply_tidy.
int apply_prepare(struct policy *p, u64 gpa, u64 size);

// Writes what the rules say into leaf words and EPT bits. Cannot fail. The caller calls apply_tidy
// when all of its change is committed, since what one part has prepared must not look unused to
// another.
void apply_commit(struct policy *p, u64 gpa, u64 size);

// Counts a change of what the tables admit (policy_generation).
static inline void policy_count(struct policy *p)
{
	__atomic_store_n(&p->generation, p->generation + 1, __ATOMIC_RELAXED);
}

// Frees SPPT leaf tables that no page needs, and merges equal pages into larger leaves again.
void apply_tidy(struct policy *p, u64 gpa, u64 size);

#endif
