// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "guard.h"

#include <linux/module.h>
#include <linux/slab.h>

#include "memory.h"
#include "tessera.h"

struct guard {
	struct list_head list;
	struct list_head stretches;
	struct file *owner; // NULL: kept
	struct tessera_guard what;
};

static LIST_HEAD(guards); // by number
static DEFINE_MUTEX(lock);
static u32 last_number;

// Opens the stretches up to `end` again, and forgets those. Stops at the first that stays closed.
static int open_until(struct guard *g, struct list_head *end)
{
	while (g->stretches.next != end) {
		struct stretch *s = list_first_entry(&g->stretches, struct stretch, list);
		int error = tessera_unprotect(g->what.rule, s->start, s->length);

		// The operator may have opened it before.
		if (error && error != -ENOENT)
			return error;
		memory_release(s);
	}
	return 0;
}

// Closes the stretches in order. *open is the first that could not be closed.
static int close_all(struct guard *g, struct list_head **open)
{
	struct stretch *s;

	list_for_each_entry(s, &g->stretches, list)
	{
		int error = tessera_protect(g->what.rule, s->start, s->length);

		*open = &s->list;
		if (error)
			return error;
	}
	return 0;
}

static void release_all(struct guard *g)
{
	struct stretch *s, *next;

	list_for_each_entry_safe(s, next, &g->stretches, list) memory_release(s);
}

// Holds the memory, then closes it. Caller holds the lock.
static int begin(struct guard *g)
{
	struct list_head *open;
	int error = memory_hold(g->what.space, g->what.start, g->what.length, &g->stretches);

	if (error)
		return error;
	error = close_all(g, &open);
	if (error && !open_until(g, open))
		release_all(g);
	else if (error)
		// Closed until reset: the pages are never let go.
		pr_warn("a part of what could not be guarded is under a sealed rule now\n");
	return error;
}

static struct guard *find(u32 number)
{
	struct guard *g;

	list_for_each_entry(g, &guards, list) if (g->what.number == number) return g;
	return NULL;
}

int guard_add(struct file *owner, struct tessera_guard *what)
{
	struct guard *g;
	int error;

	if (what->flags & ~TESSERA_GUARD_KEEP)
		return -EINVAL;
	g = kmalloc(sizeof(*g), GFP_KERNEL);
	if (!g)
		return -ENOMEM;
	*g = (struct guard){ .owner = what->flags & TESSERA_GUARD_KEEP ? NULL : owner,
			     .what = *what };
	INIT_LIST_HEAD(&g->stretches);
	mutex_lock(&lock);
	error = begin(g);
	if (!error) {
		// While anything is guarded the driver cannot be unloaded: it holds the pages.
		__module_get(THIS_MODULE);
		what->number = g->what.number = ++last_number;
		list_add_tail(&g->list, &guards);
	}
	mutex_unlock(&lock);
	if (error)
		kfree(g);
	return error;
}

// Caller holds the lock.
static int end(struct guard *g)
{
	int error = open_until(g, &g->stretches);

	if (error)
		return error;
	list_del(&g->list);
	kfree(g);
	module_put(THIS_MODULE);
	return 0;
}

int guard_remove(u32 number)
{
	struct guard *g;
	int error;

	mutex_lock(&lock);
	g = find(number);
	error = g ? end(g) : -ENOENT;
	mutex_unlock(&lock);
	return error;
}

int guard_get(struct tessera_guard *what)
{
	int error = -ENOENT;
	struct guard *g;

	mutex_lock(&lock);
	list_for_each_entry(g, &guards, list)
	{
		if (g->what.number < what->number)
			continue;
		*what = g->what;
		error = 0;
		break;
	}
	mutex_unlock(&lock);
	return error;
}

void guard_leave(struct file *owner)
{
	struct guard *g, *next;

	mutex_lock(&lock);
	list_for_each_entry_safe(g, next, &guards, list)
	{
		int error;

		if (g->owner != owner)
			continue;
		error = end(g);
		if (!error)
			continue;
		pr_warn("guard %u outlives its program (%d)\n", g->what.number, error);
		g->owner = NULL;
		g->what.flags |= TESSERA_GUARD_KEEP;
	}
	mutex_unlock(&lock);
}
