// SPDX-License-Identifier: MIT
// Runs some code with chosen registers and tells what became of them, whether it ran to its
// end or into an exception.
#ifndef AGENT_PROBE_H
#define AGENT_PROBE_H

#include "hv/lib/types.h"
#include "hv/x86/regs.h" // the order of the registers

#define NO_FAULT 256

enum vector { V_DB = 1, V_NMI = 2, V_UD = 6, V_DF = 8, V_GP = 13, V_PF = 14, V_USER_END = 0x81 };

typedef void (*code)(void);

struct probe {
	u64 gpr[16]; // in and out; RSP is only an output
	u64 rflags;  // in and out
	code code;
	u64 rip;           // out: where the exception struck
	u32 vector, error; // out: the exception, or NO_FAULT
	u64 cr2;
};

// What a trap handler sees.
struct frame {
	u64 gpr[16]; // [RSP] is not live
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

#define RFLAGS_NONE 2 // all flags 0, interrupts off

static inline struct probe probe_of(code c)
{
	return (struct probe){ .rflags = RFLAGS_NONE, .code = c, .vector = NO_FAULT };
}

// The code is called like a function and may change every register but RSP.
void probe_run(struct probe *p);

// The same in CPL 3: `p->code` is a linear address that CPL 3 may execute, and RSP is an input too.
// The code ends with INT V_USER_END.
void probe_run_user(struct probe *p);

// Where the handler sends a probe that ran into an exception.
void probe_end(void);

// What a denied write looks like.
static inline bool probe_denied(const struct probe *p)
{
	return p->vector == V_GP && p->error == 0;
}

#endif
