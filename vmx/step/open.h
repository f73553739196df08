// SPDX-License-Identifier: MIT
// Runs one guest instruction with replaced pages (struct step in vmx/step/step.h).
#ifndef VMX_STEP_OPEN_H
#define VMX_STEP_OPEN_H

#include "hv/core/cpu.h"
#include "vmx/step/step.h"

// Prepares this CPU's step view and enough memory for a step of two pages, so that steps work
// when the pool is empty. NO_MEMORY. Before the launch.
int step_create(struct cpu *c);

// Opens the page that holds gpa in this CPU's step, beginning one if none is under way. The
// instruction that exited runs again, alone, at the next VM entry. When another CPU steps on
// that page, or too many pages are open, the step is given up and the guest runs the instruction
// again. `generation` is policy_generation, read before the policy was asked about the page.
// False without memory, or if it is a device's page under rules: the caller must deny the write. In
// the exit path, no lock held.
bool step_open(struct cpu *c, enum step_kind kind, u64 gpa, u64 gva, u32 generation);

// Stores `size` bytes of `value` at gpa, within a page, for the instruction that exited, under the
// rules and with the events of a step. True if that is done; false if the guest gets a fault
// instead, or must retry because another CPU steps on that page or writes the same word. No
// step is under way, and WINDOW_STEP shows the page. In the exit path, no lock held.
bool step_store(struct cpu *c, u64 gpa, u64 gva, u64 value, u32 size);

// An exit in the middle of event delivery, once the event is set to be delivered again: gives the
// step up if that is not the event it began with. The stepped instruction came to its end, in a
// fault.
void step_check_event(struct cpu *c);

// On every exit during a step: ends it, unless the exit is part of it.
void step_pause(struct cpu *c, u32 reason);

// Ends the step under way; nothing that it wrote is kept.
void step_abandon(struct cpu *c);

// Before VM entry with WORK_STEP set.
void step_resume(struct cpu *c);

// Lets the guest run one instruction as it is and then sets `work` (enum cpu_work) again.
void step_once(struct cpu *c, u32 work);

void exit_external_interrupt(struct cpu *c, struct regs *regs);
void exit_monitor_trap(struct cpu *c, struct regs *regs);

#endif
