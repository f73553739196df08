// SPDX-License-Identifier: MIT
// The CPU's MTRRs, and the EPT's memory types that follow them.
#ifndef VMX_EXIT_MEMORY_TYPES_H
#define VMX_EXIT_MEMORY_TYPES_H

#include "ept/mtrr.h"

struct vm;

// Reads this CPU's MTRRs.
void mtrrs_read(struct mtrr_state *m);

// Called when the guest has written an MTRR on this CPU. If MTRRs are on and the types differ from
// those in the EPT, changes the EPT (all rights stay) and does a shootdown. While the
// guest has MTRRs off (it rewrites them in that state) nothing happens. No lock held.
void mtrrs_changed(struct vm *vm);

#endif
