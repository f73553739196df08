// SPDX-License-Identifier: MIT
// Stopping the whole VM: every processor leaves the guest and stands in root mode until the
// operator lets it go on. The console and the shoot-downs live on meanwhile. The guest's interrupts
// wait; its clocks do not, so that it finds itself in a later time afterwards.
#ifndef HV_CORE_FREEZE_H
#define HV_CORE_FREEZE_H

#include "hv/core/vm.h"

#define FREEZE_MS 10 // by then every processor is out of the guest

// Stops the VM; this processor stops at its next VM entry. Returns false when a processor is still
// in the guest after FREEZE_MS; it stops as soon as it exits. Root mode, any CPU, no lock held.
bool freeze(struct vm *vm);

// Lets it go on.
void freeze_end(struct vm *vm);

// Before VM entry with WORK_FREEZE set: stands here while the VM does. An instruction that is being
// stepped ends first: others may wait for its pages.
void freeze_wait(struct cpu *c);

// Has this processor, which stands, run one instruction of its guest and stand again. False when
// its guest is halted. For run_on() in hv/core/run_on.h.
void freeze_step(struct cpu *c);

#endif
