// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "tessera_mm.h"

#include <linux/err.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

#include "tessera_guard.h"

/**
 * tessera_mm_get() - find the address space of a process
 * @pid: the process, in the PID namespace of the caller
 *
 * Context: Process context.
 * Return: The address space, to be released by mmput(), or ERR_PTR(-ESRCH).
 */
struct mm_struct *tessera_mm_get(u32 pid)
{
	struct pid *number = find_get_pid(pid);
	struct task_struct *task = get_pid_task(number, PIDTYPE_PID);
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;

	if (task)
		put_task_struct(task);
	put_pid(number);
	return mm ? mm : ERR_PTR(-ESRCH);
}

static void mm_notifier_release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	struct tessera_mm_notifier *n =
		container_of(notifier, struct tessera_mm_notifier, notifier);

	WRITE_ONCE(n->gone, true);
	tessera_guard_mm_gone();
}

static const struct mmu_notifier_ops mm_notifier_ops = { .release = mm_notifier_release };

/**
 * tessera_mm_notifier_add() - watch for the end of an address space
 * @n: the notifier; its @gone is set at that end, and tessera_guard_mm_gone() is called
 * @mm: the address space, in use
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_mm_notifier_add(struct tessera_mm_notifier *n, struct mm_struct *mm)
{
	int err;

	n->notifier.ops = &mm_notifier_ops;
	err = mmu_notifier_register(&n->notifier, mm);
	n->registered = !err;
	return err;
}

/**
 * tessera_mm_notifier_remove() - stop watching
 * @n: the notifier; nothing happens if it is not registered
 *
 * Context: Process context. May sleep.
 */
void tessera_mm_notifier_remove(struct tessera_mm_notifier *n)
{
	if (n->registered)
		mmu_notifier_unregister(&n->notifier, n->notifier.mm);
	n->registered = false;
}
