// SPDX-License-Identifier: MIT
// A weight-balanced search tree (Hirai and Yamamoto, "Balancing weight-balanced trees", <3, 2>).
// The number of nodes below each node is both its balance and the index of region_at.
#include "spp/region.h"
#include "spp/region_slab.h"
#include "tessera/hypercall.h"

#define DELTA 3 // a side may weigh this many times the other
#define GAMMA 2 // an inner grandchild that weighs this many times the outer one is rotated first

static u64 weight_of(const struct region *n)
{
	return (n ? n->nodes : 0) + 1ULL;
}

static u64 max_end(const struct region *n)
{
	return n ? n->max_end : 0;
}

static void update_node(struct region *n)
{
	u64 below = MAX(max_end(n->left), max_end(n->right));

	n->nodes = weight_of(n->left) + weight_of(n->right) - 1;
	n->max_end = MAX(n->end, below);
}

static struct region *rotate_left(struct region *n)
{
	struct region *top = n->right;

	n->right = top->left;
	top->left = n;
	update_node(n);
	update_node(top);
	return top;
}

static struct region *rotate_right(struct region *n)
{
	struct region *top = n->left;

	n->left = top->right;
	top->right = n;
	update_node(n);
	update_node(top);
	return top;
}

static struct region *balance_node(struct region *n)
{
	if (weight_of(n->right) > DELTA * weight_of(n->left)) {
		if (weight_of(n->right->left) >= GAMMA * weight_of(n->right->right))
			n->right = rotate_right(n->right);
		return rotate_left(n);
	}
	if (weight_of(n->left) > DELTA * weight_of(n->right)) {
		if (weight_of(n->left->right) >= GAMMA * weight_of(n->left->left))
			n->left = rotate_left(n->left);
		return rotate_right(n);
	}
	update_node(n);
	return n;
}

// Compares by (start, end, rule); the result is like that of memcmp.
static int compare_regions(const struct region *a, const struct region *b)
{
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return (a->rule > b->rule) - (a->rule < b->rule);
}

static struct region *add_node(struct region *n, struct region *new)
{
	if (!n)
		return new;
	if (compare_regions(new, n) < 0)
		n->left = add_node(n->left, new);
	else
		n->right = add_node(n->right, new);
	return balance_node(n);
}

static struct region *take_first(struct region *n, struct region **first)
{
	if (!n->left) {
		*first = n;
		return n->right;
	}
	n->left = take_first(n->left, first);
	return balance_node(n);
}

static struct region *cut_node(struct region *n, const struct region *key)
{
	struct region *first;
	int order = compare_regions(key, n);

	if (order < 0) {
		n->left = cut_node(n->left, key);
		return balance_node(n);
	}
	if (order > 0) {
		n->right = cut_node(n->right, key);
		return balance_node(n);
	}
	if (!n->left || !n->right)
		return n->left ? n->left : n->right;
	struct region *right = take_first(n->right, &first);
	first->left = n->left;
	first->right = right;
	return balance_node(first);
}

// The link to the node with this key, or the link where it would be inserted.
static struct region **link_of(struct region **root, const struct region *key)
{
	struct region **link = root;
	int order;

	while (*link && (order = compare_regions(key, *link)))
		link = order < 0 ? &(*link)->left : &(*link)->right;
	return link;
}

void region_set_init(struct region_set *s, struct pool *pool)
{
	*s = (struct region_set){ .pool = pool };
}

void region_set_destroy(struct region_set *s)
{
	slab_free_all(s);
	s->root = NULL;
}

struct region *region_find(const struct region_set *s, u64 start, u64 end, u32 rule)
{
	struct region key = { .start = start, .end = end, .rule = rule };
	struct region *root = s->root;

	return *link_of(&root, &key);
}

int region_insert(struct region_set *s, u64 start, u64 end, u32 rule)
{
	if (region_find(s, start, end, rule))
		return TESSERA_EXISTS;
	struct region *new = slab_take(s);
	if (!new)
		return TESSERA_NO_MEMORY;
	*new = (struct region){ .start = start, .end = end, .rule = rule };
	update_node(new);
	s->root = add_node(s->root, new);
	return TESSERA_OK;
}

int region_remove(struct region_set *s, u64 start, u64 end, u32 rule)
{
	struct region key = { .start = start, .end = end, .rule = rule };
	struct region *gone = *link_of(&s->root, &key);

	if (!gone)
		return TESSERA_NOT_FOUND;
	s->root = cut_node(s->root, &key);
	// The last node of the slabs moves into the gap, so that they use as few pages as possible.
	struct region *last = slab_last(s);
	if (last != gone) {
		*link_of(&s->root, last) = gone;
		*gone = *last;
	}
	slab_drop_last(s);
	return TESSERA_OK;
}

// max_end lets us skip a subtree that ends before `start`. If a left subtree reaches past `start`
// and still has no answer, its answers would begin at `end` or later, and so would all that follow.
static const struct region *first_after(const struct region *n, u64 start, u64 end,
					const struct region *after)
{
	while (n && n->max_end > start) {
		if (!after || compare_regions(n, after) > 0) {
			const struct region *r = first_after(n->left, start, end, after);

			if (r)
				return r;
			if (n->start >= end)
				return NULL;
			if (n->end > start)
				return n;
		}
		n = n->right;
	}
	return NULL;
}

const struct region *region_next(const struct region_set *s, u64 start, u64 end,
				 const struct region *after)
{
	return first_after(s->root, start, end, after);
}

const struct region *region_at(const struct region_set *s, u32 index)
{
	const struct region *n = s->root;

	while (n) {
		u64 before = weight_of(n->left) - 1;

		if (index == before)
			return n;
		if (index < before) {
			n = n->left;
		} else {
			index -= before + 1;
			n = n->right;
		}
	}
	return NULL;
}
