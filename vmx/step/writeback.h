// SPDX-License-Identifier: MIT
// What becomes of the bytes that a stepped instruction wrote to its scratch pages.
#ifndef VMX_STEP_WRITEBACK_H
#define VMX_STEP_WRITEBACK_H

#include "hv/core/cpu.h"

// Notes what step_take_back needs to take the instruction back that is about to be stepped.
void step_keep(struct cpu *c);
void step_take_back(struct cpu *c);

// Compares each page of the step with what it held before and copies the bytes back that the rules,
// as they are now, let through; audited ones are recorded. Where a rule denies one, nothing is
// copied and false is returned with the answer in step.denied: the caller takes the instruction
// back and injects the fault, or stops the VM. What cannot be taken back: moves of the x87 register
// stack and the mask of a scatter.
//
// Not `whole`: the instruction stopped in the middle and will go on or begin anew. As at any fault,
// what it wrote until then has been written.
bool step_commit(struct cpu *c, bool whole);

#endif
