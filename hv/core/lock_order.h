// SPDX-License-Identifier: MIT
// The order of locks (enum lock_rank), asserted in the test flavour. docs/locking.md explains it.
#ifndef HV_CORE_LOCK_ORDER_H
#define HV_CORE_LOCK_ORDER_H

#include "hv/core/cpu.h"
#include "hv/lib/lock.h"

// Asserts that this CPU holds no lock but those of `allowed`, a mask of BIT(enum lock_rank).
// Does nothing outside the test flavour.
void lock_order_only(const struct cpu *c, u32 allowed);

#endif
