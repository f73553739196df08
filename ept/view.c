// SPDX-License-Identifier: MIT
#include "ept/entry.h"
#include "ept/view.h"
#include "hv/lib/string.h"
#include "tessera/hypercall.h"

#define PATH_TABLES 3 // one private table for each level below the root

// Rights are the AND of all levels, so nothing below a copied entry can be written. The policy lock
// keeps the original from changing.
static void copy_closed(u64 *to, const u64 *from)
{
	for (u32 i = 0; i < TABLE_ENTRIES; i++)
		to[i] = from[i] & ~EPT_W;
}

// Drops every private table but keeps its memory, and copies the shared map as it is now.
static void start_over(struct view *v)
{
	copy_closed(v->root, v->ept->root);
	v->generation = v->ept->generation;
	v->tables = 0;
	v->pages = 0;
}

int view_create(struct view *v, struct ept *e)
{
	memset(v, 0, sizeof(*v));
	v->ept = e;
	v->root = pool_alloc(e->pool);
	if (!v->root)
		return TESSERA_NO_MEMORY;
	start_over(v);
	return TESSERA_OK;
}

void view_destroy(struct view *v)
{
	for (u32 i = 0; i < ARRAY_SIZE(v->table) && v->table[i]; i++)
		pool_free(v->ept->pool, v->table[i]);
	if (v->root)
		pool_free(v->ept->pool, v->root);
	memset(v, 0, sizeof(*v));
}

// Fills a private table of `level` with the entries of the shared map without the right to write.
// `entry`, which has no right to write either, points to it.
static void fill_private(struct view *v, u64 *table, u64 entry, u32 level)
{
	if (!entry_present(entry))
		memset(table, 0, PAGE_SIZE);
	else if (entry_is_leaf(entry, level + 1))
		ept_fill_split(table, entry, level + 1);
	else
		copy_closed(table, entry_table(v->ept, entry));
}

// The private table of `level` on the path to gpa; allocates it and links it into `slot` if needed.
static u64 *private_table(struct view *v, u64 *slot, u64 gpa, u32 level)
{
	u64 origin = ALIGN_DOWN(gpa, level_size(level + 1)) | level;
	u32 i;

	for (i = 0; i < v->tables; i++)
		if (v->origin[i] == origin)
			return v->table[i];
	if (!v->table[i])
		v->table[i] = pool_alloc(v->ept->pool);
	if (!v->table[i])
		return NULL;
	fill_private(v, v->table[i], *slot, level);
	*slot = link_entry(v->ept, v->table[i]);
	v->origin[i] = origin;
	v->tables++;
	return v->table[i];
}

static int open_page(struct view *v, u64 gpa, u64 entry)
{
	u64 *table = v->root;
	u64 *slot = &table[table_index(gpa, EPT_ROOT_LEVEL)];

	for (u32 level = EPT_ROOT_LEVEL - 1; level; level--) {
		table = private_table(v, slot, gpa, level);
		if (!table)
			return TESSERA_NO_MEMORY;
		slot = &table[table_index(gpa, level)];
	}
	v->page[v->pages++] = (struct view_page){ .gpa = gpa, .slot = slot, .original = *slot };
	*slot = entry;
	return TESSERA_OK;
}

// Copies the paths of the open pages again. They need as many private tables as before, which
// exist, so this cannot run out of memory.
static void refresh_view(struct view *v)
{
	u64 gpa[VIEW_PAGES], entry[VIEW_PAGES];
	u32 pages = v->pages;

	for (u32 i = 0; i < pages; i++) {
		gpa[i] = v->page[i].gpa;
		entry[i] = *v->page[i].slot;
	}
	start_over(v);
	for (u32 i = 0; i < pages; i++)
		open_page(v, gpa[i], entry[i]);
}

static struct view_page *find_open(struct view *v, u64 gpa)
{
	for (u32 i = 0; i < v->pages; i++)
		if (v->page[i].gpa == gpa)
			return &v->page[i];
	return NULL;
}

int view_open(struct view *v, u64 gpa, u64 entry)
{
	const struct ept *e = v->ept;

	gpa &= PAGE_MASK;
	if (gpa >> e->addr_bits)
		return TESSERA_BAD_ADDRESS;
	// The second case: the stock is full of tables for pages that were closed long ago.
	if (v->generation != e->generation || v->tables + PATH_TABLES > ARRAY_SIZE(v->table))
		refresh_view(v);
	struct view_page *open = find_open(v, gpa);
	if (open) {
		*open->slot = entry;
		return TESSERA_OK;
	}
	return v->pages == VIEW_PAGES ? TESSERA_LIMIT : open_page(v, gpa, entry);
}

void view_close(struct view *v)
{
	while (v->pages) {
		struct view_page *p = &v->page[--v->pages];

		*p->slot = p->original;
	}
}
