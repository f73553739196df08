// SPDX-License-Identifier: MIT
// The watched way through a VM exit. vmx/exit/exit.asm calls whichever handler is set, so that
// exits pay for what is here only while somebody wants it.
#ifndef VMX_EXIT_TIMING_H
#define VMX_EXIT_TIMING_H

#include "hv/core/vm.h"

enum watch {
	WATCH_FREEZE = BIT(0), // the VM stands: an exit leads back into hv/core/freeze.c
	WATCH_TIMES = BIT(1),  // exits are timed
};

// Ticks that exits of one reason took, from the handler's start to its end: without the switch
// between guest and root mode, and without the time that the VM stood.
struct exit_times {
	u64 count;
	u64 sum, least, most;
};

// What a processor keeps about its exits for the operator: one page.
struct exit_book {
	struct exit_times times[REASON_COUNT];
	u64 before[REASON_COUNT]; // exits that `exits reset` took off the count
};

// Sets the plain way. Before the first launch.
void watch_init(struct vm *vm);

// Starts or ends a use of the watched way. Any CPU in root mode; all follow at their next exit.
void watch_set(struct vm *vm, enum watch what, bool on);

// True while exits are timed.
bool watch_times(const struct vm *vm);

// Gives every processor an empty book, counting from now. NO_MEMORY. The processors go on
// meanwhile: an exit of this very moment may be missed.
int watch_reset(struct vm *vm);

#endif
