// SPDX-License-Identifier: MIT
// The page pool: every table, stack and record of the hypervisor comes out of one fixed block that
// the loader reserved. There is no other allocator. Compiles on the host over any page-aligned
// buffer.
#ifndef HV_LIB_POOL_H
#define HV_LIB_POOL_H

#include "hv/lib/lock.h"
#include "hv/lib/types.h"

struct pool {
	struct lock lock;
	u8 *va;          // first byte of the block as we see it
	u64 pa;          // and its physical address
	u64 size;        // bytes
	void *free_list; // pages given back, linked through their first word
	u64 fresh;       // offset of the first page never handed out
	u32 free_pages;  // pages that pool_alloc could still return
	u32 free_least;  // the least that free_pages ever was
	u32 fail_after;  // test seam: 0 = off, n = the n-th allocation from now fails
};

// Makes a pool of the block [va, va + size). All three are page-aligned. Pages need not be zero.
void pool_init(struct pool *p, void *va, u64 pa, u64 size);

// One zeroed page, or NULL if the pool is empty. Any CPU; takes the pool's own lock only.
void *pool_alloc(struct pool *p);

// Frees a page that pool_alloc returned. The caller has made sure that no CPU can still use it
// through a TLB or paging-structure cache.
void pool_free(struct pool *p, void *page);

static inline u64 pool_pa(const struct pool *p, const void *va)
{
	return (u64)((const u8 *)va - p->va) + p->pa;
}

static inline void *pool_va(const struct pool *p, u64 pa)
{
	return p->va + (pa - p->pa);
}

#endif
