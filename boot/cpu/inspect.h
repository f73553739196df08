// SPDX-License-Identifier: MIT
// The command `check`: reports what Tessera needs and finds on this machine, and a verdict.
#ifndef BOOT_CPU_INSPECT_H
#define BOOT_CPU_INSPECT_H

#include "boot/config/config.h"

// Prints what the machine has and lacks, line by line, and whether Tessera can run here with this
// config. Changes nothing. True when it can.
bool inspect_machine(const struct config *config);

#endif
