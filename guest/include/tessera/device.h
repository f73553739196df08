/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
// /dev/tessera: what a program on Linux and the driver say to each other. Root only.
//
// A guard is memory that the driver protects for a program, under a rule. The driver holds on to
// the pages, so that protected memory never goes back to the system. A guard ends with the program
// that made it, unless it is to be kept; one whose rule is sealed stays until the machine is reset.
#ifndef TESSERA_DEVICE_H
#define TESSERA_DEVICE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#include "tessera/hypercall.h"

#define TESSERA_DEVICE "/dev/tessera"

struct tessera_info {
	__u32 abi;
	__u32 features; // TESSERA_FEATURE_*
	__u32 engine;   // enum tessera_engine
	__u32 cpus;
	__u64 regions;
	__u64 denied;
	__u64 free_pages;
	__u64 flushes;
};

// What the address of a guard is.
enum tessera_space { TESSERA_SPACE_PHYSICAL = 0, TESSERA_SPACE_KERNEL = 1 };

#define TESSERA_GUARD_KEEP (1U << 0) // lives on when the file is closed

struct tessera_guard {
	__u32 number; // out, from 1 on; in for UNGUARD and GUARD_GET
	__u32 rule;
	__u32 space; // enum tessera_space
	__u32 flags; // TESSERA_GUARD_*
	__u64 start;
	__u64 length;
};

struct tessera_region_query {
	__u64 index;
	struct tessera_region region; // out
};

// The errors are Linux's: ENODEV no device, EINVAL, ENXIO no such address, ENOENT no such rule,
// guard or region (and after the last one), EEXIST, EPERM sealed, EACCES locked down, EBUSY in use,
// ENOMEM in the hypervisor, EADDRNOTAVAIL the memory is free and belongs to nobody, ENOSPC too
// many.
//
// RULE_GET returns the number of the next rule, 0 after the last; all others return 0.
#define TESSERA_IOC_INFO        _IOR('t', 0, struct tessera_info)
#define TESSERA_IOC_GUARD       _IOWR('t', 1, struct tessera_guard)
#define TESSERA_IOC_UNGUARD     _IOW('t', 2, struct tessera_guard)
#define TESSERA_IOC_GUARD_GET   _IOWR('t', 3, struct tessera_guard) // the first from `number` on
#define TESSERA_IOC_RULE_CREATE _IOWR('t', 4, struct tessera_rule)
#define TESSERA_IOC_RULE_DELETE _IOW('t', 5, struct tessera_rule)
#define TESSERA_IOC_RULE_GET    _IOWR('t', 6, struct tessera_rule) // by its number
#define TESSERA_IOC_REGION_GET  _IOWR('t', 7, struct tessera_region_query)
#define TESSERA_IOC_SEAL        _IOW('t', 8, struct tessera_rule)

#endif
