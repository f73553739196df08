// SPDX-License-Identifier: MIT
#include "hv/lib/pool.h"
#include "hv/lib/string.h"

void pool_init(struct pool *p, void *va, u64 pa, u64 size)
{
	*p = (struct pool){ .lock.rank = LOCK_POOL,
			    .va = va,
			    .pa = pa,
			    .size = size,
			    .free_pages = size / PAGE_SIZE };
	p->free_least = p->free_pages;
}

static bool told_to_fail(struct pool *p)
{
	return p->fail_after && --p->fail_after == 0;
}

static void *take_page(struct pool *p)
{
	void *page = p->free_list;

	if (told_to_fail(p) || p->free_pages == 0)
		return NULL;
	if (page) {
		p->free_list = *(void **)page;
	} else {
		page = p->va + p->fresh;
		p->fresh += PAGE_SIZE;
	}
	p->free_pages--;
	p->free_least = MIN(p->free_least, p->free_pages);
	return page;
}

void *pool_alloc(struct pool *p)
{
	lock_take(&p->lock);
	void *page = take_page(p);
	lock_drop(&p->lock);
	return page ? memset(page, 0, PAGE_SIZE) : NULL;
}

void pool_free(struct pool *p, void *page)
{
	ASSERT_CHECKED((u8 *)page >= p->va && (u8 *)page < p->va + p->size,
		       "a page goes back to the pool that it came from");
	ASSERT_CHECKED(((u8 *)page - p->va) % PAGE_SIZE == 0, "the pool takes whole pages");
	lock_take(&p->lock);
	*(void **)page = p->free_list;
	p->free_list = page;
	p->free_pages++;
	lock_drop(&p->lock);
}
