// SPDX-License-Identifier: MIT
// The memory of a region set's nodes: pool pages filled one after the other, in the manner of a
// stack, so that n nodes never hold more pages than n nodes need.
#ifndef SPP_REGION_SLAB_H
#define SPP_REGION_SLAB_H

#include "spp/region.h"

// Room for one more node, counted. NULL without memory.
struct region *slab_take(struct region_set *s);

// The node that was taken last and not given back.
struct region *slab_last(const struct region_set *s);

// Gives the last node back.
void slab_drop_last(struct region_set *s);

void slab_free_all(struct region_set *s);

#endif
