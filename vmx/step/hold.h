// SPDX-License-Identifier: MIT
// Keeps external interrupts away from a single instruction. An interrupt between VM entry and the
// instruction would be delivered instead of it. Manual: "Interruptibility State",
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
// if `may_exit`, and is not held otherwise. On the CPU, VMCS current.
enum hold hold_interrupts(bool may_exit);

// Ends the hold before the instruction has run; the result is HOLD_NONE.
void hold_end(enum hold hold);

// The same after the instruction, which ended blocking by STI: any blocking is now the guest's own.
void hold_used(enum hold hold);

#endif
