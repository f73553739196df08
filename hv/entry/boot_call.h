// SPDX-License-Identifier: MIT
// The loader's own calls (hv/entry/boot_info.h), until it commits.
#ifndef HV_ENTRY_BOOT_CALL_H
#define HV_ENTRY_BOOT_CALL_H

#include "hv/core/cpu.h"

// Carries out loader call `number`; false when there is none with that number.
bool boot_call(struct cpu *c, u64 number);

#endif
