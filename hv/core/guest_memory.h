// SPDX-License-Identifier: MIT
// Access to guest memory. Each CPU maps guest pages through its own windows only; no other guest
// memory is mapped in root mode.
#ifndef HV_CORE_GUEST_MEMORY_H
#define HV_CORE_GUEST_MEMORY_H

#include "hv/core/cpu.h"

// Each use has a window of its own, so that two uses on one CPU do not conflict.
enum window { WINDOW_COPY, WINDOW_STEP, WINDOW_WALK, WINDOW_SPARE };

// Maps the guest page of gpa in one of this CPU's windows and returns the address of gpa's byte.
// NULL if it is not the guest's RAM (beyond the map, a device, or the hidden block).
void *window_map(struct cpu *c, enum window window, u64 gpa);

// The page that this CPU's window shows since the last window_map of it.
static inline void *window_page(const struct cpu *c, enum window window)
{
	return c->window_va + window * PAGE_SIZE;
}

// Whether [gpa, gpa + length) is the guest's RAM and no rule covers any of it: OK, BAD_ADDRESS or
// PROTECTED. No policy lock held.
int guest_check(struct vm *vm, u64 gpa, u64 length);

// Copies from or to guest memory. BAD_ADDRESS if any byte is not the guest's RAM; PROTECTED if a
// rule covers a byte that guest_write would change. After an error nothing was copied. The caller
// of guest_write holds no policy lock.
int guest_read(struct cpu *c, u64 gpa, void *to, u64 length);
int guest_write(struct cpu *c, u64 gpa, const void *from, u64 length);

#endif
