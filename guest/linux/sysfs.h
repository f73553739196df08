/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// /sys/kernel/tessera: a file for each number that the hypervisor answers.
#ifndef TESSERA_SYSFS_H
#define TESSERA_SYSFS_H

int tessera_sysfs_add(void);
void tessera_sysfs_remove(void);

#endif
