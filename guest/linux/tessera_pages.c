// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "tessera_pages.h"

#include <asm/pgtable.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "tessera/device.h"
#include "tessera_compat.h"

#define LENGTH_MAX BIT_ULL(30)

/*
 * The page that the page allocator could give to another user, or NULL: memory of devices, and what
 * the kernel reserved at boot (its image included), never changes its user.
 */
static struct page *page_to_hold(phys_addr_t physical)
{
	unsigned long number = PHYS_PFN(physical);

	if (!pfn_valid(number) || PageReserved(pfn_to_page(number)))
		return NULL;
	return compound_head(pfn_to_page(number));
}

static int hold_physical_page(const struct tessera_range *range, u64 address, phys_addr_t *physical)
{
	struct page *page = page_to_hold(address);

	*physical = address;
	return !page || get_page_unless_zero(page) ? 0 : -EADDRNOTAVAIL;
}

static void release_page(phys_addr_t physical, bool pinned)
{
	struct page *page = page_to_hold(physical);

	if (pinned)
		unpin_user_page(pfn_to_page(PHYS_PFN(physical)));
	else if (page)
		put_page(page);
}

/* Works for every kind of kernel address: direct map, slab, image, modules and vmalloc. */
static int translate_kernel_address(u64 address, phys_addr_t *physical)
{
	unsigned int level;
	pte_t *entry;

	/* lookup_address() ignores the upper bits of an address that is not canonical. */
	if (address < -(1ULL << __VIRTUAL_MASK_SHIFT))
		return -ENXIO;
	entry = lookup_address(address, &level);
	if (!entry || !pte_present(*entry))
		return -ENXIO;
	*physical = slow_virt_to_phys((void *)address);
	return 0;
}

static int hold_kernel_page(const struct tessera_range *range, u64 address, phys_addr_t *physical)
{
	int err = translate_kernel_address(address, physical);
	phys_addr_t again;

	if (!err)
		err = hold_physical_page(range, *physical, physical);
	if (err)
		return err;
	/* The address may have been mapped to another page before the first one was held. */
	if (!translate_kernel_address(address, &again) && again == *physical)
		return 0;
	release_page(*physical, false);
	return -ENXIO;
}

/*
 * Pinning for writing first gives the process a page of its own. A page that the process cannot
 * write is pinned as it is, and may be shared with other processes.
 */
static int hold_process_page(const struct tessera_range *range, u64 address, phys_addr_t *physical)
{
	struct page *page;
	long pinned;

	mmap_read_lock(range->mm);
	pinned = tessera_pin_page(range->mm, address, FOLL_LONGTERM | FOLL_WRITE, &page);
	if (pinned != 1)
		pinned = tessera_pin_page(range->mm, address, FOLL_LONGTERM, &page);
	mmap_read_unlock(range->mm);
	if (pinned == -ENOMEM)
		return -ENOMEM;
	if (pinned != 1)
		return -ENXIO;
	*physical = PFN_PHYS(page_to_pfn(page)) + offset_in_page(address);
	return 0;
}

/* By enum tessera_space: finds the physical address of a byte and holds its page. */
static int (*const page_holders[])(const struct tessera_range *range, u64 address,
				   phys_addr_t *physical) = {
	[TESSERA_SPACE_PHYSICAL] = hold_physical_page,
	[TESSERA_SPACE_KERNEL] = hold_kernel_page,
	[TESSERA_SPACE_PROCESS] = hold_process_page,
};

/* Adds bytes of one page: to the last extent if they follow it, else as a new extent. */
static int append_to_extents(struct list_head *extents, phys_addr_t start, u64 length, bool pinned)
{
	struct tessera_extent *e = list_last_entry(extents, struct tessera_extent, list);

	if (!list_empty(extents) && e->start + e->length == start) {
		e->length += length;
		return 0;
	}
	e = kmalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return -ENOMEM;
	e->start = start;
	e->length = length;
	e->pinned = pinned;
	list_add_tail(&e->list, extents);
	return 0;
}

static int hold_part_of_page(const struct tessera_range *range, u64 address, u64 length,
			     struct list_head *extents)
{
	bool pinned = range->space == TESSERA_SPACE_PROCESS;
	phys_addr_t physical;
	int err = page_holders[range->space](range, address, &physical);

	if (err)
		return err;
	err = append_to_extents(extents, physical, length, pinned);
	if (err)
		release_page(physical, pinned);
	return err;
}

static int hold_every_page(const struct tessera_range *range, struct list_head *extents)
{
	u64 start = range->start, length = range->length;
	int err = 0;

	while (length && !err) {
		u64 part = min_t(u64, length, PAGE_SIZE - offset_in_page(start));

		err = hold_part_of_page(range, start, part, extents);
		start += part;
		length -= part;
		cond_resched();
	}
	return err;
}

/**
 * tessera_pages_hold() - find the extents of a range and hold their pages
 * @range: the range
 * @extents: an empty list, to which the extents are added
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno: ENXIO when there is no memory at an address, EADDRNOTAVAIL when a
 * page is free, EINVAL when the space is unknown or the range is empty, wraps around, or has more
 * than 1 GiB.
 */
int tessera_pages_hold(const struct tessera_range *range, struct list_head *extents)
{
	struct tessera_extent *e, *next;
	int err;

	if (range->space >= ARRAY_SIZE(page_holders) || !range->length ||
	    range->length > LENGTH_MAX || range->start + range->length < range->start)
		return -EINVAL;
	err = hold_every_page(range, extents);
	if (err)
		list_for_each_entry_safe(e, next, extents, list)
			tessera_extent_release(e);
	return err;
}

/**
 * tessera_extent_pages() - count the pages that an extent is part of
 * @e: the extent
 *
 * Context: Any context.
 * Return: The number of pages.
 */
u64 tessera_extent_pages(const struct tessera_extent *e)
{
	return PFN_UP(e->start + e->length) - PFN_DOWN(e->start);
}

/**
 * tessera_extent_release() - let go of the pages of an extent, remove it from its list and free it
 * @e: the extent
 *
 * Context: Process context.
 */
void tessera_extent_release(struct tessera_extent *e)
{
	phys_addr_t end = e->start + e->length;

	for (phys_addr_t at = e->start; at < end; at = PAGE_ALIGN(at + 1))
		release_page(at, e->pinned);
	list_del(&e->list);
	kfree(e);
}
