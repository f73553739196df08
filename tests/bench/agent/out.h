// SPDX-License-Identifier: MIT
// Lines for the host, through the emulator's port 0xE9: one instruction a character, and no
// waiting, so that talking costs the same natively and under Tessera.
#ifndef BENCH_OUT_H
#define BENCH_OUT_H

#include "hv/lib/types.h"

// Each line gets "bench: " before it.
void out(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
