// SPDX-License-Identifier: MIT
// Shootdowns: when vm_shootdown (hv/core/vm.h) returns, no CPU uses an older translation.
#ifndef HV_CORE_SHOOTDOWN_H
#define HV_CORE_SHOOTDOWN_H

#include "hv/core/cpu.h"

// Does the INVEPT on this CPU that vm->shootdown.wanted requests, unless it was done already. Root
// mode, any context, NMI included.
void invalidate_here(struct cpu *c);

// Kicks CPU `c`: sends it an NMI, which makes it exit, unless one is already on its way.
void cpu_kick(struct cpu *c);

#endif
