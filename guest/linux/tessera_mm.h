/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// The memory of a process, and word of its end: by exit, by a signal, or by another program that
// the process becomes.
#ifndef TESSERA_MM_H
#define TESSERA_MM_H

#include <linux/mmu_notifier.h>
#include <linux/types.h>

struct tessera_mm_notifier {
	struct mmu_notifier notifier;
	bool watched;
	bool gone;
};

// The memory of a process of the caller's PID namespace, in use until mmput(). An ERR_PTR: ESRCH.
struct mm_struct *tessera_mm_get(u32 pid);

// Sets p->gone when that memory comes to its end, and calls tessera_guard_mm_gone().
int tessera_mm_notifier_add(struct tessera_mm_notifier *p, struct mm_struct *mm);

// Ends that. Does no harm when nothing is watched.
void tessera_mm_notifier_remove(struct tessera_mm_notifier *p);

// Guards of a process want to be ended. From a place where little may be done.
void tessera_guard_mm_gone(void);

#endif
