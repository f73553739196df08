// SPDX-License-Identifier: MIT
// The guest's own paging, walked in software: 4 and 5 levels. Manual: "4-Level Paging and 5-Level
// Paging".
#ifndef HV_CORE_GUEST_WALK_H
#define HV_CORE_GUEST_WALK_H

#include "hv/core/cpu.h"

#define WALK_LEVELS_MAX 5

#define PTE_WRITE       BIT(1)
#define PTE_USER        BIT(2)
#define PTE_DIRTY       BIT(6)
#define PTE_KEY_SHIFT   59
#define PTE_KEY_MAX     15

// The registers that say how the guest translates.
struct paging {
	u64 cr0, cr3, cr4, efer;
};

struct walk_entry {
	u64 gpa;   // of the entry
	u64 entry; // what it holds
};

struct walk {
	u32 levels; // entries read, from the root down
	struct walk_entry at[WALK_LEVELS_MAX];
	u64 gpa;  // of the byte, when the walk reached it
	u64 size; // bytes that the last entry maps
	u64 all;  // the AND of all entries that were read: PTE_WRITE and PTE_USER in it are rights
};

// Whether the address is canonical for 4 or 5 levels, as CR4 says.
bool linear_is_canonical(u64 linear, u64 cr4);

// Walks `linear`. OK; BAD_ADDRESS when an entry is not present, the address is not canonical or a
// table is not the guest's RAM (out->levels is the number of entries read); UNSUPPORTED for 32-bit
// paging. Without paging the address is its own translation. Any CPU in root mode; uses its
// WINDOW_WALK.
int walk_linear(struct cpu *c, const struct paging *p, u64 linear, struct walk *out);

// Reads `length` bytes of guest-linear memory through the paging registers `p`. Errors of
// walk_linear and guest_read; then the contents of `to` are undefined. Any CPU in root mode.
int guest_read_linear(struct cpu *c, const struct paging *p, u64 linear, void *to, u64 length);

#endif
