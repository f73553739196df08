// SPDX-License-Identifier: MIT
// What the CPUs of this machine can do for Tessera, in words.
#ifndef BOOT_CPU_REPORT_H
#define BOOT_CPU_REPORT_H

#include "boot/cpu/processors.h"

// Finds all CPUs and their facts. False when that fails, and why has been said.
bool report_find(struct processors *p);

// Finds and checks all CPUs, and says what is missing on which of them: each thing once, with
// its remedy or with what is lost without it. True when Tessera can start with that engine.
bool report_processors(struct processors *p, enum boot_engine engine);

#endif
