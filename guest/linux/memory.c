// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "memory.h"

#include <asm/pgtable.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "tessera/device.h"

#define LENGTH_MAX (1ULL << 30)

// Where a byte of the kernel's own address space is: direct map, image, modules and vmalloc alike.
static int kernel_to_physical(u64 address, phys_addr_t *physical)
{
	unsigned int level;
	pte_t *entry = lookup_address(address, &level);

	if (!entry || !pte_present(*entry))
		return -ENXIO;
	*physical = slow_virt_to_phys((void *)address);
	return 0;
}

static int to_physical(u32 space, u64 address, phys_addr_t *physical)
{
	switch (space) {
	case TESSERA_SPACE_PHYSICAL:
		*physical = address;
		return 0;
	case TESSERA_SPACE_KERNEL:
		return kernel_to_physical(address, physical);
	default:
		return -EINVAL;
	}
}

// The page that the allocator may one day give to somebody else, or NULL: devices' memory and what
// the kernel reserved at boot, its own image included, never move.
static struct page *owned_page(phys_addr_t physical)
{
	unsigned long number = PHYS_PFN(physical);

	if (!pfn_valid(number) || PageReserved(pfn_to_page(number)))
		return NULL;
	return compound_head(pfn_to_page(number));
}

static bool hold(phys_addr_t physical)
{
	struct page *page = owned_page(physical);

	return !page || get_page_unless_zero(page);
}

static void let_go(phys_addr_t physical)
{
	struct page *page = owned_page(physical);

	if (page)
		put_page(page);
}

// Adds bytes that lie in one page, to the last stretch where they follow it.
static int append(struct list_head *stretches, phys_addr_t start, u64 length)
{
	struct stretch *s = list_last_entry(stretches, struct stretch, list);

	if (!list_empty(stretches) && s->start + s->length == start) {
		s->length += length;
		return 0;
	}
	s = kmalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	s->start = start;
	s->length = length;
	list_add_tail(&s->list, stretches);
	return 0;
}

static int hold_in_page(u32 space, u64 address, u64 length, struct list_head *stretches)
{
	phys_addr_t physical;
	int error = to_physical(space, address, &physical);

	if (error)
		return error;
	if (!hold(physical))
		return -EADDRNOTAVAIL;
	error = append(stretches, physical, length);
	if (error)
		let_go(physical);
	return error;
}

static int hold_all(u32 space, u64 start, u64 length, struct list_head *stretches)
{
	int error = 0;

	while (length && !error) {
		u64 part = min_t(u64, length, PAGE_SIZE - offset_in_page(start));

		error = hold_in_page(space, start, part, stretches);
		start += part;
		length -= part;
		cond_resched();
	}
	return error;
}

int memory_hold(u32 space, u64 start, u64 length, struct list_head *stretches)
{
	struct stretch *s, *next;
	int error;

	if (!length || length > LENGTH_MAX || start + length < start)
		return -EINVAL;
	error = hold_all(space, start, length, stretches);
	if (error)
		list_for_each_entry_safe(s, next, stretches, list) memory_release(s);
	return error;
}

void memory_release(struct stretch *s)
{
	phys_addr_t end = s->start + s->length;

	for (phys_addr_t at = s->start; at < end; at = PAGE_ALIGN(at + 1))
		let_go(at);
	list_del(&s->list);
	kfree(s);
}
