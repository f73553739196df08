/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The functions that tessera.ko exports to other kernel code; tessera_calls.c documents each.
 *
 * Addresses are guest-physical, and the caller must keep the memory allocated for as long as it is
 * protected. Every function returns a negative errno on failure:
 *
 * EINVAL: an argument is out of its range. ENXIO: the address is not guest memory. ENOENT: there is
 * no such rule or region. EEXIST: the same region or rule name exists. EPERM: the rule is sealed.
 * EACCES: the policy is locked down, or another agent is the key holder. EBUSY: the rule still has
 * regions. ENOMEM: the kernel is out of memory, or the pool of the hypervisor is. ENOSPC: a fixed
 * limit of the hypervisor is reached. EOPNOTSUPP: the hypervisor or this CPU cannot do it. ENODEV:
 * the machine has been devirtualized, Tessera no longer runs below this kernel. EIO: the
 * driver does not know the hypervisor's answer.
 */
#ifndef TESSERA_LINUX_H
#define TESSERA_LINUX_H

#include <linux/types.h>

#include "tessera/hypercall.h"

int tessera_protect(u32 rule, phys_addr_t start, u64 length);
int tessera_unprotect(u32 rule, phys_addr_t start, u64 length);

int tessera_access_get(phys_addr_t page, u32 pages, u32 *maps);
int tessera_access_set(phys_addr_t page, u32 pages, const u32 *maps);

int tessera_rule_create(struct tessera_rule *rule);
int tessera_rule_delete(u32 number);
int tessera_rule_get(u32 number, struct tessera_rule *rule);
int tessera_seal(u32 rule);

int tessera_region_get(u64 index, struct tessera_region *region);

int tessera_query(enum tessera_query what, u64 *value);
int tessera_statistics(struct tessera_statistics *statistics);
int tessera_log_read(enum tessera_log log, u64 sequence, struct tessera_log_line *line, u32 lines);

#endif
