// SPDX-License-Identifier: MIT
// cpu.work: what a processor must look at before it enters the guest. Any CPU, any context.
#ifndef HV_CORE_WORK_H
#define HV_CORE_WORK_H

#include "hv/core/cpu.h"

static inline void work_add(struct cpu *c, u32 bits)
{
	__atomic_fetch_or(&c->work, bits, __ATOMIC_SEQ_CST);
}

static inline void work_drop(struct cpu *c, u32 bits)
{
	__atomic_fetch_and(&c->work, ~bits, __ATOMIC_SEQ_CST);
}

#endif
