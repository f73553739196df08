// SPDX-License-Identifier: MIT
// Exceptions and NMIs that arrive in root mode.
#ifndef HV_X86_FAULT_H
#define HV_X86_FAULT_H

#include "hv/lib/types.h"

// hv/x86/fault.asm: stubs of this size for vectors 0..31, and the last for all interrupts.
#define FAULT_STUB_SIZE 16
#define FAULT_STUB_LAST 32
extern const u8 fault_stubs[];

// The stack as the stubs leave it.
struct fault_frame {
	u64 gpr[16];
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

#endif
