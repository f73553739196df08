// SPDX-License-Identifier: MIT
// What a guest may see of CPUID: an allow-list, so that a processor of the future has no feature
// for the guest that Tessera does not know. Pure: no instruction, no state.
#ifndef VMX_EXIT_CPUID_KNOWN_H
#define VMX_EXIT_CPUID_KNOWN_H

#include "hv/lib/types.h"

// State components that the guest may have in XCR0 (x87 to AVX-512, PKRU, AMX) and in IA32_XSS
// (PASID, CET, HDC, UINTR, LBR, HWP). Not among them: Intel PT (8), because XRSTORS would load the
// MSRs that are refused, and APX (19), because an exit can name R16 to R31, which no handler knows.
#define XCR0_KNOWN 0x000602ffULL
#define XSS_KNOWN  0x0001fc00ULL

// The leaf whose data a guest gets that asks for `leaf`, on a CPU with that highest basic leaf: the
// highest one that both the CPU and Tessera know answers for leaves beyond it, and for extended
// leaves that Tessera does not know. Manual: "CPUID - CPU Identification".
u32 cpuid_leaf_that_answers(u32 leaf, u32 highest);

// Clears in r[RAX]..r[RDX] (hv/x86/regs.h), which the CPU gave for the leaf that answers, all that
// is not known.
void cpuid_keep_known(u32 leaf, u32 subleaf, u64 *r);

#endif
