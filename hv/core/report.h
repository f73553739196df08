// SPDX-License-Identifier: MIT
// What a processor was doing, in lines for a person.
#ifndef HV_CORE_REPORT_H
#define HV_CORE_REPORT_H

#include "hv/core/cpu.h"

// Writes registers, the VMCS fields that explain most surprises and the last exits of `c`, a line
// at a time, to `line`. On that processor, with its VMCS current.
void report_cpu(struct cpu *c, void (*line)(const char *text));

#endif
