// SPDX-License-Identifier: MIT
// What the firmware's page tables allow. Pure, but for taking physical addresses of the tables for
// pointers, as firmware maps them. Manual: "4-Level Paging and 5-Level Paging".
#ifndef BOOT_PLACE_PAGE_RIGHTS_H
#define BOOT_PLACE_PAGE_RIGHTS_H

#include "hv/lib/types.h"

#define PAGE_READ    BIT(0)
#define PAGE_WRITE   BIT(1)
#define PAGE_EXECUTE BIT(2)

// The rights of the page at the linear address `address` at CPL 0, with CR0.WP and EFER.NXE set;
// 0 when it is not mapped. `cr3` as the CPU has it; `levels` is 4 or 5.
u32 page_rights(u64 cr3, u32 levels, u64 address);

// The same on this CPU with its own CR0, CR3, CR4 and EFER.
u32 page_rights_here(u64 address);

#endif
