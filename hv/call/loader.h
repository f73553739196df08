// SPDX-License-Identifier: MIT
// The loader's own calls (hv/lib/boot_info.h), until it commits.
#ifndef HV_CALL_LOADER_H
#define HV_CALL_LOADER_H

#include "hv/core/cpu.h"

// Carries out loader call `number`; false when there is none with that number.
bool call_from_loader(struct cpu *c, u64 number);

#endif
