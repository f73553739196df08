// SPDX-License-Identifier: MIT
// Freezes the whole VM: every CPU leaves the guest and waits in root mode until the operator
// resumes it. The console and shootdowns work meanwhile. The guest's interrupts wait; its clocks do
// not, so time has passed for the guest when it is resumed.
#ifndef HV_CORE_FREEZE_H
#define HV_CORE_FREEZE_H

#include "hv/core/vm.h"

// Freezes the VM; this CPU at its next VM entry. Returns false when a CPU is still in the guest
// after WAIT_FREEZE; that CPU freezes as soon as it exits. Root mode, any CPU, no lock held.
bool freeze(struct vm *vm);

// Resumes the VM. Root mode, any CPU, no lock held.
void freeze_end(struct vm *vm);

// Before VM entry with WORK_FREEZE set: waits here while the VM is frozen. A step under way ends
// first, since other CPUs may wait for its pages.
void freeze_wait(struct cpu *c);

// Has this frozen CPU run one instruction of its guest and freeze again; cpu.freeze.single says
// when, or that its guest is halted. For run_on() in hv/core/run_on.h.
void freeze_step(struct cpu *c);

#endif
