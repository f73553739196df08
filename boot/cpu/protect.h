// SPDX-License-Identifier: MIT
// Puts Tessera under the running machine: completely, or not at all.
#ifndef BOOT_CPU_PROTECT_H
#define BOOT_CPU_PROTECT_H

#include "boot/config/config.h"

// Checks the CPUs, reserves memory and launches the hypervisor on every CPU, and
// reports what it finds. False if the machine runs without Tessera, as before; the reason was
// printed.
bool protect_machine(const struct config *config);

#endif
