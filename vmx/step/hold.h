// SPDX-License-Identifier: MIT
// Keeping external interrupts out of the way of a single instruction. One that came between VM
// entry and the instruction would be delivered instead of it. Manual: "Interruptibility State",
// "Pending Debug Exceptions", "External-Interrupt Exiting".
#ifndef VMX_STEP_HOLD_H
#define VMX_STEP_HOLD_H

#include "hv/lib/types.h"

enum hold {
	HOLD_NONE,
	HOLD_BY_SHADOW, // blocking by STI, which lasts for one instruction
	HOLD_BY_EXIT,   // an interrupt exits, and the instruction has to start over
};

// Holds interrupts for the next VM entry, unless the guest takes none before its instruction
// anyway, or takes another event before both; returns how. A guest that traps after each
// instruction (TF without BTF) cannot have blocking by STI: VM entry demands BS in its pending
// debug exceptions with that, which would trap before the instruction. There an interrupt exits
// where `may_exit`, and else is not held. On the CPU, VMCS current.
enum hold hold_interrupts(bool may_exit);

// Lets them come again, when the instruction has not run: HOLD_NONE is left.
void hold_end(enum hold hold);

// The same after the instruction, which has used blocking by STI up: what there is now is its own.
void hold_used(enum hold hold);

#endif
