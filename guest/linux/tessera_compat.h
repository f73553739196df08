/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* Functions that kernels before 6.5 lack or declare differently. */
#ifndef TESSERA_COMPAT_H
#define TESSERA_COMPAT_H

#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_mod(struct vm_area_struct *area, unsigned long set, unsigned long clear)
{
	area->vm_flags = (area->vm_flags | set) & ~clear;
}
#endif

/* Pins one page of a process. The caller holds mm->mmap_lock for reading. */
static inline long tessera_pin_page(struct mm_struct *mm, unsigned long address, unsigned int flags,
				    struct page **page)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	return pin_user_pages_remote(mm, address, 1, flags, page, NULL, NULL);
#else
	return pin_user_pages_remote(mm, address, 1, flags, page, NULL);
#endif
}

#endif
