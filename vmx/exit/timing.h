// SPDX-License-Identifier: MIT
// The slow path through a VM exit: times the exit, or adds work to do after it.
// vmx/exit/exit.asm calls the handler that is set, so that exits pay for this only while someone
// uses it.
#ifndef VMX_EXIT_TIMING_H
#define VMX_EXIT_TIMING_H

#include "hv/core/vm.h"

// Ticks that exits of one reason took, from the handler's start to its end: without the switch
// between guest and root mode, and without the time that the VM was frozen.
struct exit_times {
	u64 count;
	u64 sum, least, most;
};

// Statistics of a CPU's exits for the operator: one page.
struct exit_book {
	struct exit_times times[REASON_COUNT];
	u64 before[REASON_COUNT]; // exits before the last `exits reset`
};

// Selects the fast path. Before the first launch.
void timing_init(struct vm *vm);

// Switches the timing of exits on or off. Any CPU in root mode; each CPU follows at its next exit.
void timing_set(struct vm *vm, bool on);

// True while exits are timed.
bool timing_is_on(const struct vm *vm);

// Gives every CPU an empty book, counting from now. NO_MEMORY. The CPUs continue meanwhile: an exit
// that happens now may be missed.
int timing_reset(struct vm *vm);

#endif
