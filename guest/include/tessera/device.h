/* SPDX-License-Identifier: (GPL-2.0 WITH Linux-syscall-note) OR MIT */
#ifndef TESSERA_DEVICE_H
#define TESSERA_DEVICE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#include "tessera/hypercall.h"

/**
 * DOC: /dev/tessera
 *
 * The interface between the Linux driver and programs. Opening the device requires CAP_SYS_ADMIN.
 *
 * A guard is memory that the driver protects under a rule on behalf of a program. The driver holds
 * a reference to every page of a guard, so that protected memory never returns to the page
 * allocator. A guard ends when the file through which it was made is closed, unless it was made
 * with %TESSERA_GUARD_KEEP. A guard whose rule is sealed stays until the machine is reset.
 *
 * Under kernel lockdown (kernel_lockdown(7)) no new guard has a rule that discards writes, and in
 * its confidentiality mode no new guard of physical or kernel memory has a rule that audits them.
 */

/**
 * DOC: The event stream
 *
 * The file is also the stream of events: struct tessera_event records in the order in which the
 * writes happened. A file offset counts bytes of that stream since the driver was loaded. Each open
 * file has a position of its own, which starts at the end of the stream.
 *
 * read(2): returns whole records from the position on, and waits for the first one unless
 * O_NONBLOCK is set. It returns 0 when the stream has ended because the machine is going down, and
 * fails with EINVAL when the buffer is smaller than one record.
 *
 * lseek(2): SEEK_END goes to the end of the stream, SEEK_DATA with offset 0 to the oldest record
 * that is still in the ring. SEEK_SET and SEEK_CUR take multiples of the size of a record.
 *
 * poll(2): the file is readable when there are records from the position on.
 *
 * mmap(2): maps the hypervisor's ring (struct tessera_ring) read-only, for programs that read
 * records without system calls. After copying record i, compare i with @tail: if i < @tail, the
 * record may have been overwritten while it was copied, and has to be counted as missed. The driver
 * makes room in the ring once a second; lseek(2) with SEEK_END makes room at once.
 *
 * A program that waits learns of an event within @poll_ms milliseconds. A read that need not wait,
 * and the mapped ring, show the event at once.
 */

#define TESSERA_DEVICE "/dev/tessera"

/**
 * struct tessera_info - the hypervisor and the driver at a glance
 * @abi: ABI version of the hypervisor
 * @features: TESSERA_FEATURE_* bits
 * @engine: enum tessera_engine
 * @cpus: number of CPUs under Tessera
 * @regions: number of regions in force
 * @blocked: number of writes that were denied or discarded
 * @free_pages: number of free 4 KiB pages in the hypervisor's pool
 * @shootdowns: number of shootdowns that the hypervisor has waited for
 * @guards: number of guards in force
 * @state: TESSERA_DRIVER_* bits
 * @held: number of pages that the guards hold
 */
struct tessera_info {
	__u32 abi;
	__u32 features;
	__u32 engine;
	__u32 cpus;
	__u64 regions;
	__u64 blocked;
	__u64 free_pages;
	__u64 shootdowns;
	__u32 guards;
	__u32 state;
	__u64 held;
};

/*
 * The driver is the key holder, so that no other agent can change the policy; the driver has the
 * hypervisor's event ring.
 */
#define TESSERA_DRIVER_KEY_HOLDER (1U << 0)
#define TESSERA_DRIVER_EVENTS     (1U << 1)

/**
 * enum tessera_space - the address space that the start of a guard belongs to
 * @TESSERA_SPACE_PHYSICAL: guest-physical memory
 * @TESSERA_SPACE_KERNEL: the kernel's address space: slab objects, vmalloc, modules, the image
 * @TESSERA_SPACE_PROCESS: the address space of a process; the guard ends with that address space
 */
enum tessera_space {
	TESSERA_SPACE_PHYSICAL = 0,
	TESSERA_SPACE_KERNEL = 1,
	TESSERA_SPACE_PROCESS = 2,
};

/*
 * KEEP: the guard outlives the file through which it was made. Output of GUARD_GET only: OPENED: a
 * part of the guard is no longer protected, since the operator or another client opened it or the
 * machine was devirtualized. UNKNOWN: the driver cannot tell, since the hypervisor does not answer
 * it (another client holds the key, or lockdown) or the guard has more than 1,024 extents.
 */
#define TESSERA_GUARD_KEEP    (1U << 0)
#define TESSERA_GUARD_OPENED  (1U << 1)
#define TESSERA_GUARD_UNKNOWN (1U << 2)

/**
 * struct tessera_guard - memory that the driver protects for a program
 * @number: identifies the guard, from 1 on. Output of GUARD, input of UNGUARD and GUARD_GET
 * @rule: the rule that protects the memory
 * @space: enum tessera_space
 * @flags: TESSERA_GUARD_* bits
 * @start: address of the first byte, in @space
 * @length: number of bytes, at most 1 GiB
 * @pid: with %TESSERA_SPACE_PROCESS, the process whose memory it is; 0 otherwise
 * @creator_pid: output: the process that made the guard, 0 for a guard that is kept
 * @held: output: number of pages that the guard holds
 */
struct tessera_guard {
	__u32 number;
	__u32 rule;
	__u32 space;
	__u32 flags;
	__u64 start;
	__u64 length;
	__u32 pid;
	__u32 creator_pid;
	__u64 held;
};

/**
 * struct tessera_region_query - argument of TESSERA_IOC_REGION_GET
 * @index: index of the region in the order of addresses, from 0 on
 * @region: output: the region
 */
struct tessera_region_query {
	__u64 index;
	struct tessera_region region;
};

/**
 * struct tessera_number_query - argument of TESSERA_IOC_QUERY
 * @what: enum tessera_query
 * @reserved: 0
 * @value: output: the number. Numbers that are counted per CPU are those of the CPU that the
 *	calling thread runs on
 */
struct tessera_number_query {
	__u32 what;
	__u32 reserved;
	__u64 value;
};

/**
 * struct tessera_log_request - argument of TESSERA_IOC_LOG
 * @sequence: sequence number of the first line to read; 1 is the first line of a log
 * @log: enum tessera_log
 * @lines: input: number of lines to read, at most TESSERA_LOG_MAX; output: number of lines read
 * @line: output: the lines
 */
struct tessera_log_request {
	__u64 sequence;
	__u32 log;
	__u32 lines;
	struct tessera_log_line line[TESSERA_LOG_MAX];
};

/**
 * struct tessera_events - the position of this file in the event stream
 * @position: number of the record that is read next; the first record is number 0
 * @oldest: number of the oldest record that is still in the ring
 * @next: number that the next event will get
 * @missed: records that were overwritten before this file read them, since it was opened
 * @dropped: events that never became a record since this file was opened, because the ring was full
 *	or because they came too fast
 * @ring: size of the ring in bytes, as mmap(2) takes it
 * @poll_ms: milliseconds until a program that waits is told of an event
 */
struct tessera_events {
	__u64 position;
	__u64 oldest;
	__u64 next;
	__u64 missed;
	__u64 dropped;
	__u32 ring;
	__u32 poll_ms;
};

/**
 * DOC: Requests
 *
 * - GUARD_GET returns the guard with the lowest number that is not below @number.
 * - RULE_GET returns the number of the next rule, or 0 after the last one. All other requests
 *   return 0.
 * - SEAL with the number ~0 seals the whole policy.
 * - CLAIM makes the driver the key holder, RELEASE ends that. The driver claims the policy when it
 *   is loaded, unless its parameter claim is 0.
 * - LOCKDOWN refuses every change of the policy until the machine is reset. Guards stay.
 *
 * A request that fails changes nothing and sets errno:
 *
 * - ENOTTY: the driver does not know the request.
 * - EINVAL: an argument is out of its range.
 * - ENXIO: there is no memory at the address.
 * - ENOENT: there is no such rule, guard or region, or none after the last one.
 * - ESRCH: there is no such process.
 * - EEXIST: the same region or rule name exists, or the driver is the key holder already.
 * - EPERM: the rule is sealed, or kernel lockdown does not permit the guard.
 * - EACCES: the policy is locked down, or another agent is the key holder.
 * - EBUSY: the rule still has regions. With EVENTS and read(2): another agent has the event ring.
 * - ENOMEM: the kernel is out of memory, or the pool of the hypervisor is.
 * - ENOSPC: a fixed limit of the hypervisor is reached.
 * - EADDRNOTAVAIL: the memory is free, and its next user would fault.
 * - ENODEV: the machine has been devirtualized: Tessera no longer runs below this kernel.
 * - EIO: the driver does not know the hypervisor's answer.
 */
#define TESSERA_IOC_INFO        _IOR('t', 0, struct tessera_info)
#define TESSERA_IOC_GUARD       _IOWR('t', 1, struct tessera_guard)
#define TESSERA_IOC_UNGUARD     _IOW('t', 2, struct tessera_guard)
#define TESSERA_IOC_GUARD_GET   _IOWR('t', 3, struct tessera_guard)
#define TESSERA_IOC_RULE_CREATE _IOWR('t', 4, struct tessera_rule)
#define TESSERA_IOC_RULE_DELETE _IOW('t', 5, struct tessera_rule)
#define TESSERA_IOC_RULE_GET    _IOWR('t', 6, struct tessera_rule)
#define TESSERA_IOC_REGION_GET  _IOWR('t', 7, struct tessera_region_query)
#define TESSERA_IOC_SEAL        _IOW('t', 8, struct tessera_rule)
#define TESSERA_IOC_QUERY       _IOWR('t', 9, struct tessera_number_query)
#define TESSERA_IOC_EVENTS      _IOR('t', 10, struct tessera_events)
#define TESSERA_IOC_CLAIM       _IO('t', 11)
#define TESSERA_IOC_RELEASE     _IO('t', 12)
#define TESSERA_IOC_LOCKDOWN    _IO('t', 13)
#define TESSERA_IOC_STATISTICS  _IOR('t', 14, struct tessera_statistics)
#define TESSERA_IOC_LOG         _IOWR('t', 15, struct tessera_log_request)

#endif
