// SPDX-License-Identifier: MIT
// CPUID as the guest sees it.
#ifndef VMX_EXIT_CPUID_H
#define VMX_EXIT_CPUID_H

#include "hv/core/vm.h"

// What the guest on this CPU gets for a leaf, in r[RAX]..r[RDX] (hv/x86/regs.h). VMCS
// current.
void cpuid_of_guest(const struct vm *vm, u32 leaf, u32 subleaf, u64 *r);

#endif
