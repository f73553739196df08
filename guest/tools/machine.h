// SPDX-License-Identifier: MIT
// What the processors say about themselves, for `check`. A test puts another machine in its place.
#ifndef TESSERACTL_MACHINE_H
#define TESSERACTL_MACHINE_H

#include <stdbool.h>

#include "boot/cpu/check.h"

struct machine {
	bool (*tessera)(void); // Tessera runs below
	struct cpu_reader reader;
};

extern struct machine machine;

// What the loader would find out about each processor, as far as Linux lets us look. Returns how
// many there are; `sure` tells whether their MSRs could be read.
u32 machine_facts(struct facts *facts, u32 max, bool *sure);

#endif
