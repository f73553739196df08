/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// The guards: memory under protection on behalf of programs (see tessera/device.h).
#ifndef TESSERA_GUARD_H
#define TESSERA_GUARD_H

#include "tessera/device.h"

struct file;

// Protects what `what` tells for the program behind `owner`, and fills in what is to be told.
int tessera_guard_add(struct file *owner, struct tessera_guard *what);

// Ends a guard. EPERM when its rule is sealed: then nothing changes.
int tessera_guard_remove(u32 number);

// The guard with the lowest number from what->number on.
int tessera_guard_get(struct tessera_guard *what);

// How many there are, and how many pages they hold.
u32 tessera_guard_count(u64 *held);

// Ends the guards of a program that leaves, those apart that are to be kept or cannot be ended.
void tessera_guard_end_of_file(struct file *owner);

// Ends all guards that can be ended, and returns how many are left.
u32 tessera_guard_end_all(void);

// Waits until nothing of this is under way any more. When no guard is left.
void tessera_guard_finish(void);

#endif
