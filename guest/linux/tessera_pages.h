/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// Memory as a program names it: where it is physically, and a hold on it, so that pages under
// protection never go back to the system.
//
// A held page keeps its place: when the slab allocator, vmalloc or a module lets go of it, it stays
// out of the page allocator's hands until it is released here.
#ifndef TESSERA_PAGES_H
#define TESSERA_PAGES_H

#include <linux/list.h>
#include <linux/types.h>

struct mm_struct;

// A physically contiguous piece, the bytes exact.
struct tessera_extent {
	struct list_head list;
	phys_addr_t start;
	u64 length;
	bool pinned; // of a process
};

struct tessera_range {
	u32 space; // enum tessera_space
	u64 start, length;
	struct mm_struct *mm; // TESSERA_SPACE_PROCESS: whose, and in use
};

// Finds and holds the extents of a range and puts them into an empty list. ENXIO: no memory
// there; EADDRNOTAVAIL: a page is free and belongs to nobody; EINVAL: no such space, empty, wraps,
// or more than 1 GiB.
int tessera_pages_hold(const struct tessera_range *range, struct list_head *extents);

// Pages that a extent has a part of.
u64 tessera_extent_pages(const struct tessera_extent *s);

// Lets go of one extent, which leaves its list and is gone.
void tessera_extent_release(struct tessera_extent *s);

#endif
