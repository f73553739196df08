/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * Finds the physical extents of memory that a program names, and holds their pages.
 *
 * A held page keeps its place: when the slab allocator, vmalloc or a module frees it, the page does
 * not return to the page allocator until tessera_extent_release().
 */
#ifndef TESSERA_PAGES_H
#define TESSERA_PAGES_H

#include <linux/list.h>
#include <linux/types.h>

struct mm_struct;

/**
 * struct tessera_extent - a physically contiguous part of a guard, exact to the byte
 * @list: links the extents of a guard
 * @start: physical address of the first byte
 * @length: number of bytes
 * @pinned: the pages are pinned pages of a process
 */
struct tessera_extent {
	struct list_head list;
	phys_addr_t start;
	u64 length;
	bool pinned;
};

/**
 * struct tessera_range - memory as a program names it
 * @space: enum tessera_space
 * @start: address of the first byte, in @space
 * @length: number of bytes
 * @mm: with %TESSERA_SPACE_PROCESS, the address space, in use
 */
struct tessera_range {
	u32 space;
	u64 start, length;
	struct mm_struct *mm;
};

int tessera_pages_hold(const struct tessera_range *range, struct list_head *extents);
u64 tessera_extent_pages(const struct tessera_extent *e);
void tessera_extent_release(struct tessera_extent *e);

#endif
