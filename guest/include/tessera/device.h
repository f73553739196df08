/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
// /dev/tessera: what a program on Linux and the driver say to each other. Root only.
//
// A guard is memory that the driver protects for a program, under a rule. The driver holds on to
// the pages, so that protected memory never goes back to the system. A guard ends with the program
// that made it, unless it is to be kept; one whose rule is sealed stays until the machine is reset.
//
// The file is also the stream of events: whole struct tessera_event records, in the order in which
// they happened. An offset counts bytes of that stream from the driver's start. Every open file has
// a position of its own, which begins at the end:
//
//   read    gives records from the position on, and waits for the first unless O_NONBLOCK. 0: the
//           stream has ended, for the machine goes down. EINVAL: no room for one record.
//   lseek   SEEK_END: what comes; SEEK_DATA with 0: the oldest record that is still there; SEEK_SET
//           and SEEK_CUR: multiples of a record's size.
//   poll    readable when there are records from the position on.
//   mmap    the hypervisor's own ring (struct tessera_ring), read-only, for those who want no calls
//           at all. Its `tail` is the oldest record that is sure to be there: whoever has copied
//           record i looks at `tail` afterwards, and has lost the record if i < tail. lseek with
//           SEEK_END makes room in the ring: without it nobody does but once a second.
//
// A sleeper learns of an event within poll_ms; a read that does not sleep, and the ring, at once.
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
	__u32 guards; // in force
	__u32 state;  // TESSERA_DRIVER_*
	__u64 held;   // pages that the guards hold
};

#define TESSERA_DRIVER_CLAIMED (1U << 0) // the driver has the key: nobody else may change anything
#define TESSERA_DRIVER_EVENTS  (1U << 1) // the driver has the hypervisor's event ring

// What the address of a guard is. Kernel addresses are of any kind: slab objects, vmalloc'ed
// memory, modules, the kernel's image.
enum tessera_space {
	TESSERA_SPACE_PHYSICAL = 0,
	TESSERA_SPACE_KERNEL = 1,
	TESSERA_SPACE_PROCESS = 2, // of the process `pid`; ends with that process's memory
};

#define TESSERA_GUARD_KEEP (1U << 0) // lives on when the file is closed

struct tessera_guard {
	__u32 number; // out, from 1 on; in for UNGUARD and GUARD_GET
	__u32 rule;
	__u32 space; // enum tessera_space
	__u32 flags; // TESSERA_GUARD_*
	__u64 start;
	__u64 length;
	__u32 pid;   // SPACE_PROCESS: whose memory; 0 elsewhere
	__u32 owner; // out: the process that made it, 0 once it is kept
	__u64 held;  // out: pages
};

struct tessera_region_query {
	__u64 index;
	struct tessera_region region; // out
};

// A number of the hypervisor's. Those that count per processor are the calling one's.
struct tessera_question {
	__u32 what; // enum tessera_query
	__u32 reserved;
	__u64 value; // out
};

// Lines of the hypervisor's log. Begin with sequence 1, go on behind the last line.
struct tessera_log_request {
	__u64 sequence; // the first that is wanted
	__u32 log;      // enum tessera_log
	__u32 lines;    // in: how many at most, up to TESSERA_LOG_MAX; out: how many there are
	struct tessera_log_line line[TESSERA_LOG_MAX]; // out
};

// Where this file is in the stream; numbers count records.
struct tessera_events {
	__u64 position;
	__u64 oldest;  // the first that is still there
	__u64 next;    // the one that comes next
	__u64 lost;    // of this file, since it was opened: gone before it read them
	__u64 dropped; // since it was opened: they found the ring full, or came too fast
	__u32 ring;    // bytes to mmap
	__u32 poll_ms;
};

// The errors are Linux's: ENODEV no device, EINVAL, ENXIO no such address, ENOENT no such rule,
// guard or region (and after the last one), ESRCH no such process, EEXIST, EPERM sealed, EACCES
// locked down or claimed by another, EBUSY in use (read: another agent has the event ring), ENOMEM
// in the hypervisor, EADDRNOTAVAIL the memory is free and belongs to nobody, ENOSPC too many.
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
#define TESSERA_IOC_SEAL        _IOW('t', 8, struct tessera_rule) // number ~0: the whole policy
#define TESSERA_IOC_QUERY       _IOWR('t', 9, struct tessera_question)
#define TESSERA_IOC_EVENTS      _IOR('t', 10, struct tessera_events)
#define TESSERA_IOC_CLAIM       _IO('t', 11) // done at the driver's start, unless claim=0
#define TESSERA_IOC_RELEASE     _IO('t', 12)
#define TESSERA_IOC_LOCKDOWN    _IO('t', 13) // until reset; existing guards stay
#define TESSERA_IOC_STATISTICS  _IOR('t', 14, struct tessera_statistics)
#define TESSERA_IOC_LOG         _IOWR('t', 15, struct tessera_log_request)

#endif
