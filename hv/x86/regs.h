// SPDX-License-Identifier: MIT
// The guest's general registers as vmx/exit/exit.asm saves them, by the manual's register numbers.
#ifndef HV_X86_REGS_H
#define HV_X86_REGS_H

#include "hv/lib/types.h"

enum gpr { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

// Segment registers in the order of their VMCS fields.
enum segment { SEG_ES, SEG_CS, SEG_SS, SEG_DS, SEG_FS, SEG_GS, SEG_LDTR, SEG_TR, SEG_COUNT };

struct regs {
	u64 gpr[16]; // [RSP] is not live: the VMCS has it
};

#endif
