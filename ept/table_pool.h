// SPDX-License-Identifier: MIT
// Allocates and frees page tables. A table that was unlinked may still be walked by a
// CPU with stale paging-structure caches, so it waits in limbo, its words untouched, until
// every CPU has invalidated. Limbo therefore keeps its list outside the tables; the room for
// a table is set aside when the table is made, so that unlinking never needs memory.
// Manual: "Invalidating Cached EPT-Derived Information".
#ifndef EPT_TABLE_POOL_H
#define EPT_TABLE_POOL_H

#include "hv/lib/pool.h"
#include "hv/lib/types.h"

struct tables {
	struct pool *pool;
	void *list;     // pages with the addresses of the tables in limbo
	u32 list_pages; // as many as used + limbo tables need
	u32 used;       // tables in use
	u32 limbo;      // unlinked tables that a CPU may still walk
};

void tables_init(struct tables *t, struct pool *pool);

// A zeroed table, or NULL.
u64 *tables_alloc(struct tables *t);

// Frees a table at once. Only if no CPU can walk it.
void tables_free(struct tables *t, u64 *table);

// Moves an unlinked table into limbo.
void tables_retire(struct tables *t, u64 *table);

// Frees the tables in limbo. Only after every CPU invalidated since they were unlinked.
void tables_reap(struct tables *t);

#endif
