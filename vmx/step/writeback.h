// SPDX-License-Identifier: MIT
// Copies back the bytes that a stepped instruction wrote to its scratch pages.
#ifndef VMX_STEP_WRITEBACK_H
#define VMX_STEP_WRITEBACK_H

#include "hv/core/cpu.h"

// Saves what step_take_back needs to undo the instruction that is about to be stepped.
void step_keep(struct cpu *c);
void step_take_back(struct cpu *c);

enum step_result {
	STEP_DONE,   // what the rules allow is in memory
	STEP_DENIED, // step.denied says by which action; nothing was written
	STEP_AGAIN,  // another CPU wrote meanwhile; nothing was written
};

// A store that Tessera carries out without a step, at page[0].first of the step.
struct step_store {
	u64 value;
	u32 size; // bytes, within a page
};

// Compares each page of the step with what it held before and copies the bytes back that the rules,
// as they are now, let through; audited ones are recorded. Unless the result is STEP_DONE, the
// caller takes the instruction back; after STEP_DENIED it injects the fault, or stops the VM, and
// after STEP_AGAIN the guest runs the instruction again. Moves of the x87 register stack and the
// mask of a scatter cannot be undone.
//
// `store` is NULL for a step. Otherwise nothing has run yet, and the copy is made here. WINDOW_STEP
// shows page[0] if there is only one.
enum step_result step_commit(struct cpu *c, const struct step_store *store);

// For an instruction that stopped in the middle and will continue or run again. As at any fault,
// its stores so far are kept, except in a word that another CPU has changed meanwhile.
void step_commit_part(struct cpu *c);

#endif
