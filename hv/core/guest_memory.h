// SPDX-License-Identifier: MIT
// Guest memory is reached only through windows, of which each CPU has its own. No other guest
// memory is mapped.
#ifndef HV_CORE_GUEST_MEMORY_H
#define HV_CORE_GUEST_MEMORY_H

#include "hv/core/cpu.h"

// Each use has a window of its own, so that two uses on one CPU do not conflict.
enum window { WINDOW_COPY, WINDOW_STEP, WINDOW_WALK, WINDOW_SPARE };

// Maps the guest page that holds gpa in one of this CPU's windows and returns the address of
// gpa's byte. NULL when it is not RAM of the guest (beyond the map, a device's, or ours).
void *window_map(struct cpu *c, enum window window, u64 gpa);

// The page that this CPU's window shows since the last window_map of it.
static inline void *window_page(const struct cpu *c, enum window window)
{
	return c->window_va + window * PAGE_SIZE;
}

// Whether [gpa, gpa + length) is the guest's RAM and no rule covers any of it: OK, BAD_ADDRESS or
// PROTECTED. No policy lock held.
int guest_check(struct vm *vm, u64 gpa, u64 length);

// Copies between guest memory and ours. BAD_ADDRESS when any byte is not the guest's RAM;
// guest_write also obeys the rules like the guest's own stores: PROTECTED. Nothing is copied then.
// The caller of guest_write holds no policy lock.
int guest_read(struct cpu *c, u64 gpa, void *to, u64 length);
int guest_write(struct cpu *c, u64 gpa, const void *from, u64 length);

#endif
