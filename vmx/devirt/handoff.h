// SPDX-License-Identifier: MIT
// Taking Tessera off a running machine, processor by processor: each goes on natively where its
// guest was, with the guest's state. Nothing of the guest's memory is changed for it.
#ifndef VMX_DEVIRT_HANDOFF_H
#define VMX_DEVIRT_HANDOFF_H

#include "hv/core/cpu.h"

// Asks every processor of the VM to leave. SEALED while a sealed rule stands, UNSUPPORTED when this
// processor runs outside 64-bit mode or another one runs no guest, BUSY when one cannot come just
// now or somebody else asks too: then nothing has changed. On TESSERA_OK the others have left and
// the caller leaves with its next VM entry.
int leave_all(struct vm *vm);

// Before VM entry with WORK_LEAVE set: leaves if the guest's state allows it just now (nothing
// half-delivered, no NMI handler running), else comes back after one more guest instruction.
void leave_now(struct cpu *c);

// In root mode's NMI handler with cpu.lent set: the last part of leaving.
void leave_in_nmi(struct cpu *c) __attribute__((noreturn));

#endif
