// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tessera_guard.h"

#include <linux/err.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "tessera_pages.h"
#include "tessera_mm.h"
#include "tessera_calls.h"

struct guard {
	struct list_head list;
	struct list_head extents;
	struct file *owner; // NULL: kept
	struct tessera_mm_notifier process;
	struct tessera_guard what;
};

static void end_gone(struct work_struct *work);

static LIST_HEAD(guards); // by number
static DEFINE_MUTEX(lock);
static DECLARE_WORK(gone_work, end_gone);
static u32 last_number;

// The operator may have opened it before, or have taken Tessera off the machine.
static bool is_open_already(int error)
{
	return error == -ENOENT || (error == -EIO && !tessera_abi_version());
}

// Opens the extents up to `end` again, and forgets those. Stops at the first that stays closed.
static int open_until(struct guard *g, struct list_head *end)
{
	while (g->extents.next != end) {
		struct tessera_extent *s =
			list_first_entry(&g->extents, struct tessera_extent, list);
		int error = tessera_unprotect(g->what.rule, s->start, s->length);

		if (error && !is_open_already(error))
			return error;
		tessera_extent_release(s);
	}
	return 0;
}

// Closes the extents in order. *open is the first that could not be closed.
static int close_all(struct guard *g, struct list_head **open)
{
	struct tessera_extent *s;

	list_for_each_entry(s, &g->extents, list) {
		int error = tessera_protect(g->what.rule, s->start, s->length);

		*open = &s->list;
		if (error)
			return error;
	}
	return 0;
}

static void release_all(struct guard *g)
{
	struct tessera_extent *s, *next;

	list_for_each_entry_safe(s, next, &g->extents, list)
		tessera_extent_release(s);
}

// Holds the memory, then closes it.
static int hold_and_close(struct guard *g, struct mm_struct *mm)
{
	struct tessera_range range = { g->what.space, g->what.start, g->what.length, mm };
	struct list_head *open;
	int error = tessera_pages_hold(&range, &g->extents);

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

static int begin_in_process(struct guard *g)
{
	struct mm_struct *mm = tessera_mm_get(g->what.pid);
	int error;

	if (IS_ERR(mm))
		return PTR_ERR(mm);
	error = tessera_mm_notifier_add(&g->process, mm);
	if (!error)
		error = hold_and_close(g, mm);
	mmput(mm);
	if (error)
		tessera_mm_notifier_remove(&g->process);
	return error;
}

static u64 pages_of(const struct guard *g)
{
	const struct tessera_extent *s;
	u64 pages = 0;

	list_for_each_entry(s, &g->extents, list)
		pages += tessera_extent_pages(s);
	return pages;
}

// Caller holds the lock.
static int begin(struct guard *g)
{
	bool of_process = g->what.space == TESSERA_SPACE_PROCESS;
	int error = of_process ? begin_in_process(g) : hold_and_close(g, NULL);

	if (error)
		return error;
	// While anything is guarded the driver cannot be unloaded: it holds the pages.
	__module_get(THIS_MODULE);
	g->what.number = ++last_number;
	g->what.held = pages_of(g);
	list_add_tail(&g->list, &guards);
	return 0;
}

static struct guard *find(u32 number)
{
	struct guard *g;

	list_for_each_entry(g, &guards, list)
		if (g->what.number == number)
			return g;
	return NULL;
}

int tessera_guard_add(struct file *owner, struct tessera_guard *what)
{
	bool kept = what->flags & TESSERA_GUARD_KEEP;
	struct guard *g;
	int error;

	if (what->flags & ~TESSERA_GUARD_KEEP ||
	    (what->pid && what->space != TESSERA_SPACE_PROCESS))
		return -EINVAL;
	g = kmalloc(sizeof(*g), GFP_KERNEL);
	if (!g)
		return -ENOMEM;
	*g = (struct guard){ .owner = kept ? NULL : owner, .what = *what };
	g->what.creator_pid = kept ? 0 : task_tgid_nr(current);
	INIT_LIST_HEAD(&g->extents);
	mutex_lock(&lock);
	error = begin(g);
	if (!error)
		*what = g->what;
	mutex_unlock(&lock);
	if (error)
		kfree(g);
	return error;
}

// Caller holds the lock.
static int end(struct guard *g)
{
	int error = open_until(g, &g->extents);

	if (error)
		return error;
	list_del(&g->list);
	tessera_mm_notifier_remove(&g->process);
	kfree(g);
	module_put(THIS_MODULE);
	return 0;
}

// Ends a guard whose program or process is gone. Caller holds the lock.
static void end_or_keep(struct guard *g)
{
	int error = end(g);

	if (!error)
		return;
	pr_warn("guard %u stays until reset, and so does this driver: its rule is sealed, or the "
		"policy locked down (%d)\n",
		g->what.number, error);
	g->owner = NULL;
	g->what.creator_pid = 0;
	g->what.flags |= TESSERA_GUARD_KEEP;
}

int tessera_guard_remove(u32 number)
{
	struct guard *g;
	int error;

	mutex_lock(&lock);
	g = find(number);
	error = g ? end(g) : -ENOENT;
	mutex_unlock(&lock);
	return error;
}

int tessera_guard_get(struct tessera_guard *what)
{
	int error = -ENOENT;
	struct guard *g;

	mutex_lock(&lock);
	list_for_each_entry(g, &guards, list) {
		if (g->what.number < what->number)
			continue;
		*what = g->what;
		error = 0;
		break;
	}
	mutex_unlock(&lock);
	return error;
}

u32 tessera_guard_count(u64 *held)
{
	struct guard *g;
	u32 count = 0;

	*held = 0;
	mutex_lock(&lock);
	list_for_each_entry(g, &guards, list) {
		count++;
		*held += g->what.held;
	}
	mutex_unlock(&lock);
	return count;
}

void tessera_guard_end_of_file(struct file *owner)
{
	struct guard *g, *next;

	mutex_lock(&lock);
	list_for_each_entry_safe(g, next, &guards, list)
		if (g->owner == owner)
			end_or_keep(g);
	mutex_unlock(&lock);
}

static void end_gone(struct work_struct *work)
{
	struct guard *g, *next;

	mutex_lock(&lock);
	list_for_each_entry_safe(g, next, &guards, list) {
		if (!READ_ONCE(g->process.gone))
			continue;
		g->process.gone = false;
		end_or_keep(g);
	}
	mutex_unlock(&lock);
}

void tessera_guard_mm_gone(void)
{
	schedule_work(&gone_work);
}

u32 tessera_guard_end_all(void)
{
	struct guard *g, *next;
	u32 left = 0;

	mutex_lock(&lock);
	list_for_each_entry_safe(g, next, &guards, list)
		left += end(g) != 0;
	mutex_unlock(&lock);
	return left;
}

void tessera_guard_finish(void)
{
	cancel_work_sync(&gone_work);
}
