/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// Memory as a program names it: where it is physically, and a hold on it, so that pages under
// protection never go back to the system.
#ifndef TESSERA_MEMORY_H
#define TESSERA_MEMORY_H

#include <linux/list.h>
#include <linux/types.h>

// A physically contiguous piece, the bytes exact.
struct stretch {
	struct list_head list;
	phys_addr_t start;
	u64 length;
};

// Finds and holds the stretches of a range (enum tessera_space) and appends them to the list.
// ENXIO: no memory there; EADDRNOTAVAIL: a page is free and belongs to nobody; EINVAL: empty,
// wraps, or more than 1 GiB.
int memory_hold(u32 space, u64 start, u64 length, struct list_head *stretches);

// Lets go of one stretch, which leaves its list and is gone.
void memory_release(struct stretch *s);

#endif
