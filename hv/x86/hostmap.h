// SPDX-License-Identifier: MIT
// The hypervisor's own page tables. Pure: the loader builds them with physical = virtual, the
// hypervisor adds stacks and windows later.
#ifndef HV_X86_HOSTMAP_H
#define HV_X86_HOSTMAP_H

#include "hv/lib/pool.h"
#include "hv/lib/types.h"

#define PT_PRESENT BIT(0)
#define PT_WRITE   BIT(1)
#define PT_PCD     BIT(4)
#define PT_LARGE   BIT(7)
#define PT_NX      BIT(63)
#define PT_ADDR    0x000ffffffffff000ULL

#define HOST_RX    (PT_PRESENT)
#define HOST_R     (PT_PRESENT | PT_NX)
#define HOST_RW    (PT_PRESENT | PT_WRITE | PT_NX)

// Maps [va, va + size) to pa with `flags` (HOST_*), in 4 KiB pages, tables from `pool`. All
// page-aligned. A page that is mapped already gets the new mapping. Returns false when the pool is
// empty.
bool hostmap_map(struct pool *pool, u64 *root, u64 va, u64 pa, u64 size, u64 flags);

// The entry that maps va, allocating tables as needed; NULL if the pool is empty.
u64 *hostmap_slot(struct pool *pool, u64 *root, u64 va);

#endif
