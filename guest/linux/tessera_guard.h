/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The guards: memory that the driver protects for programs. See tessera/device.h. */
#ifndef TESSERA_GUARD_H
#define TESSERA_GUARD_H

#include "tessera/device.h"

struct file;

int tessera_guard_start(void);
void tessera_guard_finish(void);

int tessera_guard_add(struct file *file, struct tessera_guard *desc);
int tessera_guard_remove(u32 number);
int tessera_guard_get(struct tessera_guard *desc);
u32 tessera_guard_count(u64 *held);
int tessera_guard_delete_rule(u32 number);

void tessera_guard_end_of_file(struct file *file);
void tessera_guard_mm_gone(void);
u32 tessera_guard_end_all(void);

#endif
