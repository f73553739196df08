// SPDX-License-Identifier: MIT
#include "tools/tiles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SIZE 4096ULL

static struct tiles_page *find_page(const struct tiles *t, uint64_t page)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (t->pages[middle].gpa < page)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->count && t->pages[low].gpa == page ? &t->pages[low] : NULL;
}

static struct tiles_page *append_page(struct tiles *t, uint64_t page)
{
	struct tiles_page *grown;

	if (t->count == TILES_PAGES_MAX) {
		errno = EFBIG;
		return NULL;
	}
	grown = realloc(t->pages, (t->count + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	t->pages = grown;
	grown[t->count] = (struct tiles_page){ .gpa = page };
	return &grown[t->count++];
}

bool tiles_add(struct tiles *t, uint64_t gpa, uint64_t length)
{
	uint64_t end = gpa + length;

	for (uint64_t at = gpa & -(uint64_t)TESSERA_TILE_SIZE; at < end; at += TESSERA_TILE_SIZE) {
		uint64_t page = at & -PAGE_SIZE;
		struct tiles_page *p = find_page(t, page);

		if (!p)
			p = append_page(t, page);
		if (!p)
			return false;
		p->covered |= 1U << (at - page) / TESSERA_TILE_SIZE;
	}
	return true;
}

void tiles_count(struct tiles *t, uint64_t gpa)
{
	uint64_t page = gpa & -PAGE_SIZE;
	struct tiles_page *p = find_page(t, page);

	if (!p)
		return;
	p->writes[(gpa - page) / TESSERA_TILE_SIZE]++;
	t->writes++;
}

void tiles_free(struct tiles *t)
{
	free(t->pages);
	*t = (struct tiles){ 0 };
}
