// SPDX-License-Identifier: MIT
// The order of locks (enum lock_rank), asserted in the test flavour. docs/locking.md tells it.
#ifndef HV_CORE_LOCK_ORDER_H
#define HV_CORE_LOCK_ORDER_H

#include "hv/core/cpu.h"
#include "hv/lib/lock.h"

// Asserts that this CPU holds no lock but those of `allowed`, a mask of BIT(enum lock_rank).
// Nothing outside the test flavour.
void lock_order_only(const struct cpu *c, u32 allowed);

#endif
