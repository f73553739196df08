// SPDX-License-Identifier: MIT
// The agent's memory: an identity map of the low 4 GiB in 2 MiB pages, a window of 4 KiB pages that
// scenarios map as they like, and an arena of pages to protect.
#ifndef AGENT_MEMORY_H
#define AGENT_MEMORY_H

#include "hv/lib/types.h"

#define ARENA_SIZE (2 * SIZE_2M)
#define TILE       128
#define TILES      32

// 2 MiB-aligned and nobody else's; linear = physical.
extern u8 *arena;

static inline u64 gpa_of(const void *p)
{
	return (u64)p;
}

// The n-th page of the arena.
static inline u8 *page(u32 n)
{
	return arena + n * PAGE_SIZE;
}

enum pte { PTE_P = 1, PTE_W = 2, PTE_U = 4, PTE_A = 0x20, PTE_D = 0x40 };

#define WINDOW       ((u8 *)0x8000000000) // linear address
#define WINDOW_PAGES TABLE_ENTRIES

// The page table that maps the window: one page, whose entries scenarios may look at.
extern u64 *window_table;

// Maps page n of the window to a physical address with these rights and returns its linear address.
u8 *window_map(u32 n, u64 gpa, u64 rights);

// Puts a page table at another place for the window: it must hold what the old one holds.
void window_move_table(u64 *table);

// Fills memory with a pattern in which no two neighbours are alike, and compares with it.
void pattern_fill(void *to, u64 size, u8 seed);
u8 pattern_byte(u64 offset, u8 seed);

// Two pages below 1 MiB: one for code that starts in real mode, one for what it stores to.
extern u8 *low_page;

void memory_init(void);  // while there is firmware
void memory_enter(void); // on each CPU, afterwards
u64 memory_root(void);   // CR3

#endif
