/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// The memory of a process, and word of its end: by exit, by a signal, or by another program that
// the process becomes.
#ifndef TESSERA_PROCESS_H
#define TESSERA_PROCESS_H

#include <linux/mmu_notifier.h>
#include <linux/types.h>

struct process {
	struct mmu_notifier notifier;
	bool watched;
	bool gone;
};

// The memory of a process of the caller's PID namespace, in use until mmput(). An ERR_PTR: ESRCH.
struct mm_struct *process_memory(u32 pid);

// Sets p->gone when that memory comes to its end, and calls process_gone().
int process_watch(struct process *p, struct mm_struct *mm);

// Ends that. Does no harm when nothing is watched.
void process_unwatch(struct process *p);

// Guards of a process want to be ended. From a place where little may be done.
void process_gone(void);

#endif
