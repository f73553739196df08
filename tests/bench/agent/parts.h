// SPDX-License-Identifier: MIT
// The parts of the benchmark: each measures and prints its figures.
#ifndef BENCH_PARTS_H
#define BENCH_PARTS_H

#include "hv/lib/types.h"

// Free guest memory, linear = physical.
#define ARENA_GPA  0x8000000ULL
#define ARENA_SIZE (2 * SIZE_2M)

void measure_exits(void);
void measure_writes(void);
void measure_access(void);
// Makes the firmware run a loop on all CPUs but this one. Before interrupts are off.
void occupy_processors(void);
void measure_shootdown(void);

#endif
