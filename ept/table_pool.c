// SPDX-License-Identifier: MIT
#include "ept/table_pool.h"

struct list_page {
	struct list_page *next;
	void *table[TABLE_ENTRIES - 1];
};

#define PER_LIST_PAGE (TABLE_ENTRIES - 1)

_Static_assert(sizeof(struct list_page) == PAGE_SIZE, "a list page is one pool page");

void tables_init(struct tables *t, struct pool *pool)
{
	*t = (struct tables){ .pool = pool };
}

// The link that leads to the list page with this index.
static struct list_page **list_link(struct tables *t, u32 index)
{
	struct list_page **link = (struct list_page **)&t->list;

	while (index--)
		link = &(*link)->next;
	return link;
}

// The number of list pages for the tables in use and in limbo. Limbo fills the list from the front.
static u32 list_need(const struct tables *t)
{
	return (t->used + t->limbo + PER_LIST_PAGE - 1) / PER_LIST_PAGE;
}

static void list_trim(struct tables *t)
{
	while (t->list_pages > list_need(t)) {
		struct list_page **last = list_link(t, --t->list_pages);

		pool_free(t->pool, *last);
		*last = NULL;
	}
}

static bool list_grow(struct tables *t)
{
	if (t->list_pages >= list_need(t))
		return true;
	struct list_page *page = pool_alloc(t->pool);
	if (page)
		*list_link(t, t->list_pages++) = page;
	return page;
}

u64 *tables_alloc(struct tables *t)
{
	t->used++;
	u64 *table = list_grow(t) ? pool_alloc(t->pool) : NULL;
	if (!table) {
		t->used--;
		list_trim(t);
	}
	return table;
}

void tables_free(struct tables *t, u64 *table)
{
	pool_free(t->pool, table);
	t->used--;
	list_trim(t);
}

void tables_retire(struct tables *t, u64 *table)
{
	(*list_link(t, t->limbo / PER_LIST_PAGE))->table[t->limbo % PER_LIST_PAGE] = table;
	t->limbo++;
	t->used--;
}

void tables_reap(struct tables *t)
{
	struct list_page *page = t->list;

	for (u32 i = 0; i < t->limbo; i++) {
		if (i && i % PER_LIST_PAGE == 0)
			page = page->next;
		pool_free(t->pool, page->table[i % PER_LIST_PAGE]);
	}
	t->limbo = 0;
	list_trim(t);
}
