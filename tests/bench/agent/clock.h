// SPDX-License-Identifier: MIT
// The time-stamp counter as the emulator needs it read: it brings the counter up to date where a
// trace of instructions ends, so a taken jump goes before each reading. One tick is then one
// instruction.
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include "hv/lib/types.h"

static inline u64 clock_now(void)
{
	u32 low, high;

	__asm__ volatile("jmp 1f\n"
			 "1: rdtsc"
			 : "=a"(low), "=d"(high)::"memory");
	return (u64)high << 32 | low;
}

#endif
