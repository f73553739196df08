// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "tessera_pages.h"

#include <asm/pgtable.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "tessera_compat.h"
#include "tessera/device.h"

#define LENGTH_MAX (1ULL << 30)

// The page that the allocator may one day give to somebody else, or NULL: devices' memory and what
// the kernel reserved at boot, its own image included, never move.
static struct page *owned_page(phys_addr_t physical)
{
	unsigned long number = PHYS_PFN(physical);

	if (!pfn_valid(number) || PageReserved(pfn_to_page(number)))
		return NULL;
	return compound_head(pfn_to_page(number));
}

static int hold_physical(const struct tessera_range *range, u64 address, phys_addr_t *physical)
{
	struct page *page = owned_page(address);

	*physical = address;
	return !page || get_page_unless_zero(page) ? 0 : -EADDRNOTAVAIL;
}

static void let_go(phys_addr_t physical, bool pinned)
{
	struct page *page = owned_page(physical);

	if (pinned)
		unpin_user_page(pfn_to_page(PHYS_PFN(physical)));
	else if (page)
		put_page(page);
}

// Where a byte of the kernel's own address space is: direct map, slab, image, modules and vmalloc
// alike.
static int translate(u64 address, phys_addr_t *physical)
{
	unsigned int level;
	pte_t *entry;

	// The walk looks at the lower bits only.
	if (address < -(1ULL << __VIRTUAL_MASK_SHIFT))
		return -ENXIO;
	entry = lookup_address(address, &level);
	if (!entry || !pte_present(*entry))
		return -ENXIO;
	*physical = slow_virt_to_phys((void *)address);
	return 0;
}

static int hold_kernel(const struct tessera_range *range, u64 address, phys_addr_t *physical)
{
	int error = translate(address, physical);
	phys_addr_t again;

	if (!error)
		error = hold_physical(range, *physical, physical);
	if (error)
		return error;
	// Another page may have come to this address before the first one was held.
	if (!translate(address, &again) && again == *physical)
		return 0;
	let_go(*physical, false);
	return -ENXIO;
}

// A page that the process can write becomes its own before it is pinned. One that it cannot write
// is pinned as it is: others may share it.
static int hold_process(const struct tessera_range *range, u64 address, phys_addr_t *physical)
{
	struct page *page;
	long pinned;

	mmap_read_lock(range->mm);
	pinned = pin_one_page(range->mm, address, FOLL_LONGTERM | FOLL_WRITE, &page);
	if (pinned != 1)
		pinned = pin_one_page(range->mm, address, FOLL_LONGTERM, &page);
	mmap_read_unlock(range->mm);
	if (pinned == -ENOMEM)
		return -ENOMEM;
	if (pinned != 1)
		return -ENXIO;
	*physical = PFN_PHYS(page_to_pfn(page)) + offset_in_page(address);
	return 0;
}

// Finds the physical address of a byte and holds its page.
static int (*const holders[])(const struct tessera_range *range, u64 address,
			      phys_addr_t *physical) = {
	[TESSERA_SPACE_PHYSICAL] = hold_physical,
	[TESSERA_SPACE_KERNEL] = hold_kernel,
	[TESSERA_SPACE_PROCESS] = hold_process,
};

// Adds bytes that lie in one page, to the last extent where they follow it.
static int append(struct list_head *extents, phys_addr_t start, u64 length, bool pinned)
{
	struct tessera_extent *s = list_last_entry(extents, struct tessera_extent, list);

	if (!list_empty(extents) && s->start + s->length == start) {
		s->length += length;
		return 0;
	}
	s = kmalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	s->start = start;
	s->length = length;
	s->pinned = pinned;
	list_add_tail(&s->list, extents);
	return 0;
}

static int hold_in_page(const struct tessera_range *range, u64 address, u64 length,
			struct list_head *extents)
{
	bool pinned = range->space == TESSERA_SPACE_PROCESS;
	phys_addr_t physical;
	int error = holders[range->space](range, address, &physical);

	if (error)
		return error;
	error = append(extents, physical, length, pinned);
	if (error)
		let_go(physical, pinned);
	return error;
}

static int hold_all(const struct tessera_range *range, struct list_head *extents)
{
	u64 start = range->start, length = range->length;
	int error = 0;

	while (length && !error) {
		u64 part = min_t(u64, length, PAGE_SIZE - offset_in_page(start));

		error = hold_in_page(range, start, part, extents);
		start += part;
		length -= part;
		cond_resched();
	}
	return error;
}

int tessera_pages_hold(const struct tessera_range *range, struct list_head *extents)
{
	struct tessera_extent *s, *next;
	int error;

	if (range->space >= ARRAY_SIZE(holders) || !range->length || range->length > LENGTH_MAX ||
	    range->start + range->length < range->start)
		return -EINVAL;
	error = hold_all(range, extents);
	if (error)
		list_for_each_entry_safe(s, next, extents, list)
			tessera_extent_release(s);
	return error;
}

u64 tessera_extent_pages(const struct tessera_extent *s)
{
	return PFN_UP(s->start + s->length) - PFN_DOWN(s->start);
}

void tessera_extent_release(struct tessera_extent *s)
{
	phys_addr_t end = s->start + s->length;

	for (phys_addr_t at = s->start; at < end; at = PAGE_ALIGN(at + 1))
		let_go(at, s->pinned);
	list_del(&s->list);
	kfree(s);
}
