// SPDX-License-Identifier: MIT
// What the CPUs report about themselves, for `check`. Tests replace `machine` by one of their own.
#ifndef TESSERACTL_MACHINE_H
#define TESSERACTL_MACHINE_H

#include <stdbool.h>

#include "boot/cpu/check.h"

struct machine {
	bool (*tessera)(void); // true if Tessera runs under this system
	struct cpu_reader reader;
};

extern struct machine machine;

// Collects what the loader would learn about each CPU, as far as Linux shows it, for at most `max`
// CPUs. Returns their number; *sure is false if their MSRs could not be read.
u32 machine_facts(struct facts *facts, u32 max, bool *sure);

#endif
