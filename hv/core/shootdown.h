// SPDX-License-Identifier: MIT
// Shoot-downs: after vm_flush (hv/core/vm.h) no processor uses a translation from before it.
#ifndef HV_CORE_SHOOTDOWN_H
#define HV_CORE_SHOOTDOWN_H

#include "hv/core/cpu.h"

// Invalidates on this processor what vm->shootdown.wanted asks for, if it has not yet. Root mode,
// any context, NMI included.
void flush_here(struct cpu *c);

// Forces processor `c` out of the guest soon, by NMI, unless one is on its way already.
void cpu_kick(struct cpu *c);

#endif
