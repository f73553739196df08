// SPDX-License-Identifier: MIT
// What becomes of the bytes that a stepped instruction wrote to its scratch pages.
#ifndef VMX_COMMIT_H
#define VMX_COMMIT_H

#include "hv/cpu.h"

// Notes what step_commit needs to take the instruction back that is about to be stepped.
void step_keep(struct cpu *c);

// Compares each page of the finished step with what it held before and copies the bytes back that
// the rules, as they are now, let through; audited ones are recorded. Where a rule denies one, the
// whole instruction is taken back (registers, flags, CS, SS, RSP, RIP) and false is returned with
// the answer in step.denied: the caller injects the fault, or stops the VM. x87 register-stack
// moves are the one effect that cannot be taken back.
bool step_commit(struct cpu *c);

// Records an event about a write of this processor and counts it with its rule. `size` 0 = unknown.
void write_event(struct cpu *c, u8 action, u32 rule, u64 gpa, u64 gva, u64 rip, u8 size, u64 before,
		 u64 after);

#endif
