// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tessera_guard.h"

#include <linux/err.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "tessera_calls.h"
#include "tessera_mm.h"
#include "tessera_pages.h"

/* More extents than this are not compared with the regions in force: it would take too long. */
#define CHECKED_EXTENTS 1024

/*
 * @list: links all guards
 * @extents: the protected memory, struct tessera_extent
 * @file: the file that the guard ends with, NULL for a guard that is kept
 * @mm_notifier: with %TESSERA_SPACE_PROCESS, tells of the end of the address space
 * @desc: the guard as programs see it
 */
struct guard {
	struct list_head list;
	struct list_head extents;
	struct file *file;
	struct tessera_mm_notifier mm_notifier;
	struct tessera_guard desc;
};

static void end_guards_of_gone_mms(struct work_struct *work);

static LIST_HEAD(guards); /* in the order of their numbers */
static DEFINE_MUTEX(guards_lock);
static DECLARE_WORK(mm_gone_work, end_guards_of_gone_mms);
static u32 last_number;
static struct tessera_operation *batch; /* TESSERA_BATCH_MAX of them, under guards_lock */

/* Fills the batch with operations on the extents from @at on, up to @end. Returns how many. */
static u32 fill_batch(const struct guard *g, enum tessera_call call, const struct list_head *at,
		      const struct list_head *end)
{
	u32 count = 0;

	for (; at != end && count < TESSERA_BATCH_MAX; at = at->next) {
		const struct tessera_extent *e = list_entry(at, struct tessera_extent, list);

		batch[count++] = (struct tessera_operation){
			.call = call,
			.rule = g->desc.rule,
			.address = e->start,
			.length = e->length,
		};
	}
	return count;
}

/* Advances over @count extents. */
static struct list_head *skip_extents(struct list_head *at, u32 count)
{
	while (count--)
		at = at->next;
	return at;
}

/* Releases the extents from @at on. */
static void release_extents(struct list_head *at, u32 count)
{
	struct list_head *next;

	for (; count--; at = next) {
		next = at->next;
		tessera_extent_release(list_entry(at, struct tessera_extent, list));
	}
}

/*
 * Unprotects and releases the extents before @end, a batch at a time. Where an extent is
 * unprotected already, the batch is tried again without it. Stops at the first batch that stays
 * protected. Nothing is protected once the machine is devirtualized (ENODEV).
 */
static int unprotect_until(struct guard *g, struct list_head *end)
{
	while (g->extents.next != end) {
		struct list_head *first = g->extents.next;
		u32 count = fill_batch(g, TESSERA_CALL_UNPROTECT, first, end);
		u32 failed;
		int err = tessera_batch(batch, count, &failed);

		if (err && err != -ENOENT && err != -ENODEV)
			return err;
		if (err == -ENOENT)
			release_extents(skip_extents(first, failed), 1);
		else
			release_extents(first, count);
		cond_resched();
	}
	return 0;
}

/* Protects the extents in order, a batch at a time. *open is the first that is not protected. */
static int protect_all(struct guard *g, struct list_head **open)
{
	int err = 0;

	*open = g->extents.next;
	while (*open != &g->extents && !err) {
		u32 count = fill_batch(g, TESSERA_CALL_PROTECT, *open, &g->extents);
		u32 failed;

		err = tessera_batch(batch, count, &failed);
		if (!err)
			*open = skip_extents(*open, count);
		cond_resched();
	}
	return err;
}

static void release_all(struct guard *g)
{
	struct tessera_extent *e, *next;

	list_for_each_entry_safe(e, next, &g->extents, list)
		tessera_extent_release(e);
}

static int hold_and_protect(struct guard *g, struct mm_struct *mm)
{
	struct tessera_range range = { g->desc.space, g->desc.start, g->desc.length, mm };
	struct list_head *open;
	int err = tessera_pages_hold(&range, &g->extents);

	if (err)
		return err;
	err = protect_all(g, &open);
	if (err && !unprotect_until(g, open))
		release_all(g);
	else if (err)
		/* These pages are never released. */
		pr_warn("guard failed: a part of it is sealed and stays protected until reset\n");
	return err;
}

static int begin_in_process(struct guard *g)
{
	struct mm_struct *mm = tessera_mm_get(g->desc.pid);
	int err;

	if (IS_ERR(mm))
		return PTR_ERR(mm);
	err = tessera_mm_notifier_add(&g->mm_notifier, mm);
	if (!err)
		err = hold_and_protect(g, mm);
	mmput(mm);
	if (err)
		tessera_mm_notifier_remove(&g->mm_notifier);
	return err;
}

static u64 count_pages(const struct guard *g)
{
	const struct tessera_extent *e;
	u64 pages = 0;

	list_for_each_entry(e, &g->extents, list)
		pages += tessera_extent_pages(e);
	return pages;
}

/*
 * Kernel lockdown keeps root from changing the running kernel and, at its stricter level, from
 * reading its memory. A write of the kernel that vanishes changes the kernel: a page-table entry
 * that could not be cleared, for example, still maps the page that was freed. And the events of an
 * audit rule show what the kernel writes. Other rules only stop the writer.
 *
 * The lock keeps the rule from being deleted, and its number from getting another action, until the
 * guard has begun.
 */
static int check_kernel_lockdown(const struct tessera_guard *desc)
{
	struct tessera_rule rule;
	int err;

	lockdep_assert_held(&guards_lock);
	err = tessera_rule_get(desc->rule, &rule);
	if (err < 0)
		return err;
	err = 0;
	if (rule.action == TESSERA_ACTION_DISCARD)
		err = security_locked_down(LOCKDOWN_DEV_MEM);
	else if (rule.action == TESSERA_ACTION_AUDIT && desc->space != TESSERA_SPACE_PROCESS)
		err = security_locked_down(LOCKDOWN_KCORE);
	if (err)
		pr_notice_ratelimited("kernel lockdown refuses rule %u: use deny\n", desc->rule);
	return err;
}

static int begin_guard(struct guard *g)
{
	bool of_process = g->desc.space == TESSERA_SPACE_PROCESS;
	int err;

	lockdep_assert_held(&guards_lock);
	err = check_kernel_lockdown(&g->desc);
	if (!err)
		err = of_process ? begin_in_process(g) : hold_and_protect(g, NULL);
	if (err)
		return err;
	/* The module holds the pages, so it stays for as long as there are guards. */
	__module_get(THIS_MODULE);
	g->desc.number = ++last_number;
	g->desc.held = count_pages(g);
	list_add_tail(&g->list, &guards);
	return 0;
}

static struct guard *find_guard(u32 number)
{
	struct guard *g;

	list_for_each_entry(g, &guards, list)
		if (g->desc.number == number)
			return g;
	return NULL;
}

/**
 * tessera_guard_add() - begin a guard
 * @file: the file that it ends with, unless it is to be kept
 * @desc: what to protect; number, creator and pages are filled in
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_guard_add(struct file *file, struct tessera_guard *desc)
{
	bool kept = desc->flags & TESSERA_GUARD_KEEP;
	struct guard *g;
	int err;

	if (desc->flags & ~TESSERA_GUARD_KEEP ||
	    (desc->pid && desc->space != TESSERA_SPACE_PROCESS))
		return -EINVAL;
	g = kmalloc(sizeof(*g), GFP_KERNEL);
	if (!g)
		return -ENOMEM;
	*g = (struct guard){ .file = kept ? NULL : file, .desc = *desc };
	g->desc.creator_pid = kept ? 0 : task_tgid_nr(current);
	INIT_LIST_HEAD(&g->extents);
	mutex_lock(&guards_lock);
	err = begin_guard(g);
	if (!err)
		*desc = g->desc;
	mutex_unlock(&guards_lock);
	if (err)
		kfree(g);
	return err;
}

static int end_guard(struct guard *g)
{
	int err;

	lockdep_assert_held(&guards_lock);
	err = unprotect_until(g, &g->extents);
	if (err)
		return err;
	list_del(&g->list);
	tessera_mm_notifier_remove(&g->mm_notifier);
	kfree(g);
	module_put(THIS_MODULE);
	return 0;
}

/* Ends a guard whose file or address space is gone, or keeps it until reset. */
static void end_or_keep_guard(struct guard *g)
{
	int err = end_guard(g);

	if (!err)
		return;
	pr_warn("guard %u stays until reset (%d): it is sealed or locked down\n", g->desc.number,
		err);
	g->file = NULL;
	g->desc.creator_pid = 0;
	g->desc.flags |= TESSERA_GUARD_KEEP;
}

/**
 * tessera_guard_remove() - end a guard
 * @number: number of the guard
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno: ENOENT when there is no such guard, EPERM when its rule is sealed.
 */
int tessera_guard_remove(u32 number)
{
	struct guard *g;
	int err;

	mutex_lock(&guards_lock);
	g = find_guard(number);
	err = g ? end_guard(g) : -ENOENT;
	mutex_unlock(&guards_lock);
	return err;
}

/**
 * tessera_guard_delete_rule() - delete a rule while no guard begins
 * @number: number of the rule
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_guard_delete_rule(u32 number)
{
	int err;

	mutex_lock(&guards_lock);
	err = tessera_rule_delete(number);
	mutex_unlock(&guards_lock);
	return err;
}

/*
 * Finds the index of the first region that does not begin below @start. Another client may change
 * the regions meanwhile: the list may be shorter than it was.
 */
static int find_region(u64 start, u64 *index)
{
	struct tessera_region region = {};
	u64 low = 0, high;
	int err = tessera_query(TESSERA_QUERY_REGIONS, &high);

	while (!err && low < high) {
		u64 middle = low + (high - low) / 2;

		err = tessera_region_get(middle, &region);
		if (!err && region.gpa < start)
			low = middle + 1;
		else
			high = middle;
		if (err == -ENOENT)
			err = 0;
	}
	*index = low;
	return err;
}

/* Returns 0 if the extent is a region with that rule, -ENOENT if it is not, or another errno. */
static int check_extent(const struct tessera_extent *e, u32 rule)
{
	struct tessera_region region = {};
	u64 index;
	int err = find_region(e->start, &index);

	while (!err) {
		err = tessera_region_get(index++, &region);
		if (!err && region.gpa != e->start)
			err = -ENOENT;
		if (!err && region.length == e->length && region.rule == rule)
			return 0;
	}
	return err;
}

/* Compares the guard with the regions in force. Returns output flags of the guard. */
static u32 check_guard(const struct guard *g)
{
	const struct tessera_extent *e;
	u32 checked = 0;

	list_for_each_entry(e, &g->extents, list) {
		int err = checked++ < CHECKED_EXTENTS ? check_extent(e, g->desc.rule) : -ENOSPC;

		if (err)
			return err == -ENOENT || err == -ENODEV ? TESSERA_GUARD_OPENED
								: TESSERA_GUARD_UNKNOWN;
		cond_resched();
	}
	return 0;
}

/**
 * tessera_guard_get() - read the guard with the lowest number that is not below a number
 * @desc: its @number is that number; filled in
 *
 * Also compares the guard with the regions in force: %TESSERA_GUARD_OPENED, %TESSERA_GUARD_UNKNOWN.
 *
 * Context: Process context. May sleep.
 * Return: 0, or -ENOENT without such a guard.
 */
int tessera_guard_get(struct tessera_guard *desc)
{
	int err = -ENOENT;
	struct guard *g;

	mutex_lock(&guards_lock);
	list_for_each_entry(g, &guards, list) {
		if (g->desc.number < desc->number)
			continue;
		*desc = g->desc;
		desc->flags |= check_guard(g);
		err = 0;
		break;
	}
	mutex_unlock(&guards_lock);
	return err;
}

/**
 * tessera_guard_count() - count guards and their pages
 * @held: filled in with the number of pages that the guards hold
 *
 * Context: Process context. May sleep.
 * Return: The number of guards.
 */
u32 tessera_guard_count(u64 *held)
{
	struct guard *g;
	u32 count = 0;

	*held = 0;
	mutex_lock(&guards_lock);
	list_for_each_entry(g, &guards, list) {
		count++;
		*held += g->desc.held;
	}
	mutex_unlock(&guards_lock);
	return count;
}

/**
 * tessera_guard_end_of_file() - end the guards of a file that is closed
 * @file: the file
 *
 * A guard that cannot be ended is kept.
 *
 * Context: Process context. May sleep.
 */
void tessera_guard_end_of_file(struct file *file)
{
	struct guard *g, *next;

	mutex_lock(&guards_lock);
	list_for_each_entry_safe(g, next, &guards, list)
		if (g->file == file)
			end_or_keep_guard(g);
	mutex_unlock(&guards_lock);
}

static void end_guards_of_gone_mms(struct work_struct *work)
{
	struct guard *g, *next;

	mutex_lock(&guards_lock);
	list_for_each_entry_safe(g, next, &guards, list) {
		if (!READ_ONCE(g->mm_notifier.gone))
			continue;
		g->mm_notifier.gone = false;
		end_or_keep_guard(g);
	}
	mutex_unlock(&guards_lock);
}

/**
 * tessera_guard_mm_gone() - have the guards ended whose address spaces are gone
 *
 * Context: Any context.
 */
void tessera_guard_mm_gone(void)
{
	schedule_work(&mm_gone_work);
}

/**
 * tessera_guard_end_all() - end all guards
 *
 * Context: Process context. May sleep.
 * Return: The number of guards that could not be ended.
 */
u32 tessera_guard_end_all(void)
{
	struct guard *g, *next;
	u32 left = 0;

	mutex_lock(&guards_lock);
	list_for_each_entry_safe(g, next, &guards, list)
		left += end_guard(g) != 0;
	mutex_unlock(&guards_lock);
	return left;
}

/**
 * tessera_guard_start() - allocate what guards need, so that ending one needs no memory
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_guard_start(void)
{
	batch = kmalloc_array(TESSERA_BATCH_MAX, sizeof(*batch), GFP_KERNEL);
	return batch ? 0 : -ENOMEM;
}

/**
 * tessera_guard_finish() - wait until no work is left, and free what guards needed
 *
 * There are no guards, and no device.
 *
 * Context: Process context. May sleep.
 */
void tessera_guard_finish(void)
{
	cancel_work_sync(&mm_gone_work);
	kfree(batch);
}
