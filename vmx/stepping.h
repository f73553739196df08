// SPDX-License-Identifier: MIT
// Running one guest instruction with pages replaced (struct step in vmx/step.h).
#ifndef VMX_STEPPING_H
#define VMX_STEPPING_H

#include "hv/cpu.h"

// Prepares this processor's step view and enough memory for a step of two pages, so that steps work
// when the pool is empty. NO_MEMORY. Before the launch.
int step_create(struct cpu *c);

// Opens the page that holds gpa in this processor's step, beginning one if none is under way. The
// instruction that exited runs again, alone, at the next VM entry. When another processor steps on
// that page, or too many pages are open, the step is given up and the instruction simply tries
// again. False when there is no memory for it or the processor has no monitor trap flag: the
// caller must deny the write. In the exit path, no lock held.
bool step_open(struct cpu *c, enum step_kind kind, u64 gpa, u64 gva);

// On every exit during a step: ends it, unless the exit is part of it.
void step_pause(struct cpu *c, u32 reason);

// Ends the step under way; nothing that it wrote is kept.
void step_abandon(struct cpu *c);

// Before VM entry with WORK_STEP set.
void step_resume(struct cpu *c);

// Lets the guest run one instruction as it is and then sets `work` (enum cpu_work) again.
void step_once(struct cpu *c, u32 work);
// For the operator's step (hv/freeze.c): one instruction as it is, interrupts held back. The end is
// due at the exit that follows, whatever it is.
void step_single(struct cpu *c);
void step_single_end(struct cpu *c);

void exit_monitor_trap(struct cpu *c, struct regs *regs);

#endif
