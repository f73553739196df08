/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// Memory as a program names it: where it is physically, and a hold on it, so that pages under
// protection never go back to the system.
//
// A held page keeps its place: when the slab allocator, vmalloc or a module lets go of it, it stays
// out of the page allocator's hands until it is released here.
#ifndef TESSERA_MEMORY_H
#define TESSERA_MEMORY_H

#include <linux/list.h>
#include <linux/types.h>

struct mm_struct;

// A physically contiguous piece, the bytes exact.
struct stretch {
	struct list_head list;
	phys_addr_t start;
	u64 length;
	bool pinned; // of a process
};

struct memory_range {
	u32 space; // enum tessera_space
	u64 start, length;
	struct mm_struct *mm; // TESSERA_SPACE_PROCESS: whose, and in use
};

// Finds and holds the stretches of a range and puts them into an empty list. ENXIO: no memory
// there; EADDRNOTAVAIL: a page is free and belongs to nobody; EINVAL: no such space, empty, wraps,
// or more than 1 GiB.
int memory_hold(const struct memory_range *range, struct list_head *stretches);

// Pages that a stretch has a part of.
u64 memory_pages(const struct stretch *s);

// Lets go of one stretch, which leaves its list and is gone.
void memory_release(struct stretch *s);

#endif
