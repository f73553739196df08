// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "tessera_mm.h"

#include <linux/err.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>

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

static void memory_ends(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	WRITE_ONCE(container_of(notifier, struct tessera_mm_notifier, notifier)->gone, true);
	tessera_guard_mm_gone();
}

static const struct mmu_notifier_ops operations = { .release = memory_ends };

int tessera_mm_notifier_add(struct tessera_mm_notifier *p, struct mm_struct *mm)
{
	int error;

	p->notifier.ops = &operations;
	error = mmu_notifier_register(&p->notifier, mm);
	p->watched = !error;
	return error;
}

void tessera_mm_notifier_remove(struct tessera_mm_notifier *p)
{
	if (p->watched)
		mmu_notifier_unregister(&p->notifier, p->notifier.mm);
	p->watched = false;
}
