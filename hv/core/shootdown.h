// SPDX-License-Identifier: MIT
// Shootdowns: when vm_shootdown (hv/core/vm.h) returns, no CPU uses an older translation.
#ifndef HV_CORE_SHOOTDOWN_H
#define HV_CORE_SHOOTDOWN_H

#include "hv/core/cpu.h"

// Invalidates on this CPU what vm->shootdown.wanted asks for, if it has not yet. Root mode,
// any context, NMI included.
void invalidate_here(struct cpu *c);

// Forces CPU `c` out of the guest soon, by NMI, unless one is on its way already.
void cpu_kick(struct cpu *c);

#endif
