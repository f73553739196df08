// SPDX-License-Identifier: MIT
// Devirtualizes a running machine, CPU by CPU: each continues natively where its guest was, with
// the guest's state. Changes nothing in the guest's memory but one slot of a page table, for a
// moment.
#ifndef VMX_DEVIRT_HANDOFF_H
#define VMX_DEVIRT_HANDOFF_H

#include "hv/core/cpu.h"

// Devirtualizes every CPU of the VM. SEALED if a sealed rule has regions, UNSUPPORTED if this CPU
// runs outside 64-bit mode or another CPU runs no guest, BUSY if a CPU does not arrive in time or
// another caller is devirtualizing: then nothing has changed. After TESSERA_OK the other CPUs are
// native, and this one becomes native at its next VM entry. Any CPU in root mode, no lock held.
int devirtualize_all(struct vm *vm);

// Before VM entry with WORK_DEVIRTUALIZE set: devirtualizes CPU `c` if the guest's state allows it
// (no event half delivered, no NMI handler running), else tries again after one guest instruction.
void devirtualize_now(struct cpu *c);

// In root mode's NMI handler, when cpu.devirt.state is set: the last part. Enters the native guest.
void devirtualize_in_nmi(struct cpu *c) __attribute__((noreturn));

#endif
