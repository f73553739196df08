// SPDX-License-Identifier: MIT
// Putting Tessera under the running machine: all of it, or nothing.
#ifndef BOOT_CPU_PROTECT_H
#define BOOT_CPU_PROTECT_H

#include "boot/config/config.h"

// Checks the CPUs, reserves memory and launches the hypervisor on every CPU, telling
// what it finds on the way. False when the machine runs without Tessera, as it was before; why has
// been said.
bool protect_machine(const struct config *config);

#endif
