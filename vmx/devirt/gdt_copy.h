// SPDX-License-Identifier: MIT
// The copy of the guest's GDT from which TR is loaded again. Pure. Manual: "TSS Descriptor in
// 64-bit mode", "LTR-Load Task Register".
#ifndef VMX_DEVIRT_GDT_COPY_H
#define VMX_DEVIRT_GDT_COPY_H

#include "hv/lib/types.h"

#define TSS_DESCRIPTOR_SIZE 16
#define TSS_BUSY_BYTE       5
#define TSS_BUSY            0x02

// Clears the busy bit of the TSS that TR selects, since LTR faults on a busy one. False, and
// nothing is changed, if its descriptor is not within the GDT of `size` bytes: the guest may have
// loaded a shorter GDT since it loaded TR.
static inline bool gdt_free_tss(u8 *gdt, u32 size, u16 tr)
{
	u32 at = tr & ~7U;

	if (!at)
		return true;
	if (at + TSS_DESCRIPTOR_SIZE > size)
		return false;
	gdt[at + TSS_BUSY_BYTE] &= ~TSS_BUSY;
	return true;
}

#endif
