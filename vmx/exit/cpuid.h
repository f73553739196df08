// SPDX-License-Identifier: MIT
// CPUID for the guest.
#ifndef VMX_EXIT_CPUID_H
#define VMX_EXIT_CPUID_H

#include "hv/core/vm.h"

// Fills r[RAX]..r[RDX] (hv/x86/regs.h) with what the guest on this CPU gets for a leaf. VMCS
// current.
void cpuid_of_guest(const struct vm *vm, u32 leaf, u32 subleaf, u64 *r);

#endif
