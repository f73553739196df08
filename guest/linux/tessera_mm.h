/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The address space of a process, and a notifier that tells of its end: the process exits, is
 * killed, or executes another program.
 */
#ifndef TESSERA_MM_H
#define TESSERA_MM_H

#include <linux/mmu_notifier.h>
#include <linux/types.h>

/**
 * struct tessera_mm_notifier - tells of the end of one address space
 * @notifier: the kernel's part
 * @registered: tessera_mm_notifier_add() has succeeded
 * @gone: the address space has ended
 */
struct tessera_mm_notifier {
	struct mmu_notifier notifier;
	bool registered;
	bool gone;
};

struct mm_struct *tessera_mm_get(u32 pid);
int tessera_mm_notifier_add(struct tessera_mm_notifier *n, struct mm_struct *mm);
void tessera_mm_notifier_remove(struct tessera_mm_notifier *n);

#endif
