// SPDX-License-Identifier: MIT
// What Tessera leaves in the memory that the guest gets back.
#ifndef VMX_DEVIRT_SCRUB_H
#define VMX_DEVIRT_SCRUB_H

#include "hv/core/cpu.h"

// Zeroes the block but for the code and constants, the page tables, and of each CPU the state with
// which it enters its native guest and the stack of its NMI handler (which vmx/devirt/last.asm
// zeroes). Called in the NMI handler of the last CPU, with all others native. Afterwards no
// variable of Tessera's has its value, and only last.asm may run.
void scrub_block(void);

#endif
