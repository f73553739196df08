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

// With `on`: forbids kicks to CPU `c`, which is the one that runs, and waits for one that is on its
// way, unless it is lost. A request that comes meanwhile stays in cpu.work. Root mode, and not in
// the NMI handler; cpu.state is not CPU_GUEST.
void cpu_hold_kicks(struct cpu *c, bool on);

#endif
