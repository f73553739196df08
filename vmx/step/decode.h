// SPDX-License-Identifier: MIT
// The plain stores of 64-bit mode: MOV of a register or an immediate to memory. Pure. Manual:
// "Instruction Format", "MOV". Everything else is stepped, so an instruction that this decoder does
// not know only costs time.
#ifndef VMX_STEP_DECODE_H
#define VMX_STEP_DECODE_H

#include "hv/lib/types.h"

#define INSTRUCTION_MAX 15 // bytes

// The input of decode_store may be longer than the instruction.
#define DECODE_BYTES 16

struct plain_store {
	u32 length;  // of the instruction
	u32 size;    // bytes that it stores: 1, 2, 4 or 8
	u32 segment; // enum segment; of all, only FS and GS have a base in 64-bit mode
	u64 offset;  // in that segment
	u64 value;
};

// True when `code`, of which `room` bytes are the guest's, is such a store. `gpr` by the manual's
// numbers, all 16 of them.
bool decode_store(const u8 *code, u32 room, u64 rip, const u64 *gpr, struct plain_store *s);

// Whether a writing instruction may run a second time after its registers and stores were taken
// back.
enum restart {
	RESTART_NEVER,  // it changes more than can be restored: on the x87 stack, in a mask, at a
			// port or a device
	RESTART_MAY,    // it may, but need not
	RESTART_ALWAYS, // it must, so that no update is lost: it is locked
};

// `code` holds the instruction, in any mode, or so much of it as can be read.
enum restart decode_restart(const u8 *code, u32 length);

#endif
