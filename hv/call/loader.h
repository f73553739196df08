// SPDX-License-Identifier: MIT
// The calls of the loader (hv/lib/boot_info.h), which work until it commits.
#ifndef HV_CALL_LOADER_H
#define HV_CALL_LOADER_H

#include "hv/core/cpu.h"

// Executes loader call `number`. Returns false if no loader call has that number.
bool call_from_loader(struct cpu *c, u64 number);

#endif
