// SPDX-License-Identifier: MIT
#include "spp/region_slab.h"

#define PER_SLAB ((PAGE_SIZE - sizeof(void *)) / sizeof(struct region))

struct slab {
	struct slab *below;
	struct region node[PER_SLAB];
};

_Static_assert(sizeof(struct slab) <= PAGE_SIZE, "a slab is one pool page");

struct region *slab_take(struct region_set *s)
{
	if (s->count % PER_SLAB == 0) {
		struct slab *top = pool_alloc(s->pool);

		if (!top)
			return NULL;
		top->below = s->slabs;
		s->slabs = top;
	}
	s->count++;
	return slab_last(s);
}

struct region *slab_last(const struct region_set *s)
{
	struct slab *top = s->slabs;

	return &top->node[(s->count - 1) % PER_SLAB];
}

void slab_drop_last(struct region_set *s)
{
	struct slab *top = s->slabs;

	if (--s->count % PER_SLAB)
		return;
	s->slabs = top->below;
	pool_free(s->pool, top);
}

void slab_free_all(struct region_set *s)
{
	for (struct slab *top = s->slabs; top; top = s->slabs) {
		s->slabs = top->below;
		pool_free(s->pool, top);
	}
	s->count = 0;
}
