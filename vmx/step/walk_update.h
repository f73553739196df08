// SPDX-License-Identifier: MIT
// The writes of page walks. Pure. Manual: "Accessed and Dirty Flags".
#ifndef VMX_STEP_WALK_UPDATE_H
#define VMX_STEP_WALK_UPDATE_H

#include "hv/lib/types.h"

#define WALK_PRESENT BIT(0)
#define WALK_BITS    (BIT(5) | BIT(6)) // accessed, dirty

// True if a page walk alone can have changed this aligned word of a paging structure: only flags of
// present entries were set. `wide` entries (PAE and what came after it) have 8 bytes,
// others 4.
static inline bool walk_update(u64 before, u64 after, bool wide)
{
	u64 flags = before & WALK_PRESENT ? WALK_BITS : 0;

	if (!wide && before & WALK_PRESENT << 32)
		flags |= WALK_BITS << 32;
	return !((before ^ after) & ~flags) && !(before & ~after);
}

#endif
