// SPDX-License-Identifier: MIT
// A spin lock that serves in the order of arrival: a processor that asks again and again must not
// keep it from one that waits. A CPU that spins here is in VMX root mode, so a shoot-down never
// waits for it.
#ifndef HV_LIB_LOCK_H
#define HV_LIB_LOCK_H

#include "hv/lib/types.h"

struct lock {
	u32 next;    // the next ticket
	u32 serving; // the ticket that has the lock
};

static inline bool lock_try(struct lock *l)
{
	u32 ticket = __atomic_load_n(&l->serving, __ATOMIC_RELAXED);

	return __atomic_compare_exchange_n(&l->next, &ticket, ticket + 1, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

static inline void lock_take(struct lock *l)
{
	u32 ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);

	while (__atomic_load_n(&l->serving, __ATOMIC_ACQUIRE) != ticket)
		__builtin_ia32_pause();
}

static inline void lock_drop(struct lock *l)
{
	__atomic_store_n(&l->serving, l->serving + 1, __ATOMIC_RELEASE);
}

#endif
