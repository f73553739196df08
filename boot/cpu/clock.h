// SPDX-License-Identifier: MIT
// How fast the time stamp counter runs.
#ifndef BOOT_CPU_CLOCK_H
#define BOOT_CPU_CLOCK_H

#include "hv/lib/types.h"

// Ticks of the TSC in a second: what the CPU states, else measured over 2 ms. Not 0.
u64 clock_tsc_hz(void);

#endif
