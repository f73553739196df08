/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* /sys/class/misc/tessera: numbers of the hypervisor and of the driver, one in a file. */
#ifndef TESSERA_SYSFS_H
#define TESSERA_SYSFS_H

#include <linux/sysfs.h>

extern const struct attribute_group *tessera_sysfs_groups[];

#endif
