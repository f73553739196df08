// SPDX-License-Identifier: MIT
// MTRRs as firmware of well-known kinds of machines leaves them.
#ifndef UNIT_MACHINES_H
#define UNIT_MACHINES_H

#include "ept/mtrr.h"

struct machine {
	const char *name;
	struct mtrr_state types;
};

extern const struct machine machines[];
extern const u32 machine_count;

// A naive reading of the manual for one byte.
unsigned naive_type(const struct mtrr_state *m, u64 gpa);

#endif
