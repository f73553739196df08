// SPDX-License-Identifier: MIT
// The loader's own calls (hv/boot_info.h), until it commits.
#ifndef VMX_LEAVE_H
#define VMX_LEAVE_H

#include "hv/cpu.h"

// Carries out loader call `number`; false when there is none with that number. LEAVE does not
// return: the processor goes on natively behind the VMCALL, with RAX = 0.
bool boot_call(struct cpu *c, u64 number);

// Takes Tessera off this processor: it goes on at the guest's RIP with the guest's state and VMX
// off. The guest must run in 64-bit mode at CPL 0 with the entry code identity-mapped, as under the
// firmware. Root mode, exit path; `regs` of the exit under way are loaded last.
void vmx_leave(struct cpu *c) __attribute__((noreturn));

#endif
