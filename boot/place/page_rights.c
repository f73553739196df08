// SPDX-License-Identifier: MIT
#include "boot/place/page_rights.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/hostmap.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"

#define LEVEL_BITS 9

u32 page_rights(u64 cr3, u32 levels, u64 address)
{
	u32 rights = PAGE_READ | PAGE_WRITE | PAGE_EXECUTE;
	u64 table = cr3 & PT_ADDR;

	for (u32 level = levels; level; level--) {
		u32 shift = PAGE_SHIFT + LEVEL_BITS * (level - 1);
		u64 entry = ((const u64 *)table)[address >> shift & (TABLE_ENTRIES - 1)];

		if (!(entry & PT_PRESENT))
			return 0;
		if (!(entry & PT_WRITE))
			rights &= ~(u32)PAGE_WRITE;
		if (entry & PT_NX)
			rights &= ~(u32)PAGE_EXECUTE;
		if (entry & PT_LARGE && (level == 2 || level == 3))
			break;
		table = entry & PT_ADDR;
	}
	return rights;
}

u32 page_rights_here(u64 address)
{
	u32 rights = page_rights(read_cr3(), read_cr4() & CR4_LA57 ? 5 : 4, address);

	// Without these bits the CPU ignores the right.
	if (rights && !(read_cr0() & CR0_WP))
		rights |= PAGE_WRITE;
	if (rights && !(rdmsr(IA32_EFER) & EFER_NXE))
		rights |= PAGE_EXECUTE;
	return rights;
}
