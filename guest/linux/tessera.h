/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// What tessera.ko offers to other kernel code. Addresses are physical: the caller keeps the memory
// allocated for as long as it is protected. All return 0 or a negative errno, from any context.
#ifndef TESSERA_LINUX_H
#define TESSERA_LINUX_H

#include <linux/types.h>

#include "tessera/hypercall.h"

// Write-protects exactly these bytes under a rule (TESSERA_RULE_DENY: writers get a fault). When it
// returns, this holds on every processor.
int tessera_protect(u32 rule, phys_addr_t start, u64 length);

// Removes exactly such a region again.
int tessera_unprotect(u32 rule, phys_addr_t start, u64 length);

// Which tiles of `pages` pages from `page` may be written: bit i of a map is tile i. `get` tells
// what is in force, regions included. At most TESSERA_ACCESS_MAX pages. They allocate: may sleep.
int tessera_access_get(phys_addr_t page, u32 pages, u32 *maps);
int tessera_access_set(phys_addr_t page, u32 pages, const u32 *maps);

// Rules: see docs/hypercalls.md. `create` fills in the number; `get` returns the number of the next
// rule, 0 after the last. They may sleep, `delete` and `seal` apart.
int tessera_rule_create(struct tessera_rule *rule);
int tessera_rule_delete(u32 number);
int tessera_rule_get(u32 number, struct tessera_rule *rule);
int tessera_seal(u32 rule);

// The region with this index in the order of addresses. May sleep.
int tessera_region_get(u64 index, struct tessera_region *region);

// The hypervisor's counters; fields that it does not know are 0. May sleep.
int tessera_statistics(struct tessera_statistics *statistics);

// Copies up to `lines` lines of one of its logs, from a sequence on, and returns how many. May
// sleep.
int tessera_log_read(enum tessera_log log, u64 sequence, struct tessera_log_line *line, u32 lines);

// Asks the hypervisor for a number. Those that count per processor are the calling one's.
int tessera_query(enum tessera_query what, u64 *value);

#endif
