// SPDX-License-Identifier: MIT
// The state of a CPU at the loader's call. It becomes the guest's first state, and is restored if
// the launch fails. Filled by hv/entry/entry.asm.
#ifndef HV_X86_NATIVE_H
#define HV_X86_NATIVE_H

#include "hv/lib/types.h"
#include "hv/x86/insn.h"
#include "hv/x86/regs.h"

struct native_segment {
	u32 selector;
	u32 rights; // as LAR gives them
	u32 limit;  // as LSL gives it
};

struct native {
	u64 rip, rsp; // as they are once the loader's call has returned
	u64 rbx, rbp, r12, r13, r14, r15;
	u64 rflags;
	u64 cr3;
	u64 efer;
	u64 back; // physical address of the way back
	u64 tr_descriptor[2];
	struct native_segment segment[SEG_COUNT];
	struct descriptor_table gdtr, idtr;
};

#endif
