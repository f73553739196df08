// SPDX-License-Identifier: MIT
// cpu.work: what a CPU must look at before it enters the guest, and who handles it.
#ifndef HV_CORE_WORK_H
#define HV_CORE_WORK_H

#include "hv/core/cpu.h"

// The handler of each bit of enum cpu_work, by the bit's number. A handler drops its bit itself.
// Registered in hv/entry/tables.c, so that neither core nor vmx/ names the rooms above.
typedef void (*work_handler)(struct cpu *c);
extern const work_handler work_table[WORK_COUNT];

// Any CPU, any context.
static inline void work_add(struct cpu *c, u32 bits)
{
	__atomic_fetch_or(&c->work, bits, __ATOMIC_SEQ_CST);
}

static inline void work_drop(struct cpu *c, u32 bits)
{
	__atomic_fetch_and(&c->work, ~bits, __ATOMIC_SEQ_CST);
}

// Handles what cpu.work asks for, lowest bit first; a bit that a handler sets for a later one is
// handled in the same pass. CPU `c` itself, root mode, no lock held.
static inline void work_run(struct cpu *c)
{
	u32 later = ~0u; // the bits whose turn is still to come

	while (c->work & later) {
		u32 bit = (u32)__builtin_ctz(c->work & later);

		later = ~0u << bit << 1;
		work_table[bit](c);
	}
}

#endif
