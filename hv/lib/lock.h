// SPDX-License-Identifier: MIT
// A spin lock that serves CPUs in the order of arrival: a CPU that takes it again and again must
// not starve one that waits. A CPU that spins here is in VMX root mode, so a shootdown never waits
// for it. docs/locking.md explains the order, which the test flavour asserts.
#ifndef HV_LIB_LOCK_H
#define HV_LIB_LOCK_H

#include "hv/lib/assert.h"
#include "hv/lib/types.h"

// The order of locks: a CPU takes one only while all that it holds have a lower rank.
enum lock_rank {
	LOCK_UNRANKED, // not checked
	LOCK_CHANGE,   // vm->change.lock
	LOCK_ICR_TRAP, // vm->icr_trap.lock
	LOCK_RING,     // vm->ring.lock
	LOCK_POLICY,   // vm->policy.lock
	LOCK_DEVIRT,   // vm->devirt.lock
	LOCK_FREEZE,   // vm->freeze.lock
	LOCK_TIMING,   // vm->timing.lock
	LOCK_SUPER_IO, // vm->super_io.lock
	LOCK_POOL,     // pool.lock
};

// So long a CPU waits for a lock, in turns with a PAUSE each: 5 to 50 s, then #UD leads to a panic.
// A turn in which an outer hypervisor stops the CPU counts as one.
#define LOCK_TURNS BIT(30)

struct lock {
	u32 next;    // the next ticket
	u32 serving; // the ticket that has the lock
	u8 rank;     // enum lock_rank
};

// hv/core/lock_order.c, in the test flavour only: this CPU takes or drops a lock of that rank.
void lock_order_take(u8 rank);
void lock_order_drop(u8 rank);

static inline bool lock_try(struct lock *l)
{
	u32 ticket = __atomic_load_n(&l->serving, __ATOMIC_RELAXED);
	bool taken = __atomic_compare_exchange_n(&l->next, &ticket, ticket + 1, false,
						 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);

	if (TESSERA_CHECKED && taken)
		lock_order_take(l->rank);
	return taken;
}

static __attribute__((noinline, unused)) void lock_wait(struct lock *l, u32 ticket)
{
	for (u32 i = 0; __atomic_load_n(&l->serving, __ATOMIC_ACQUIRE) != ticket; i++) {
		if (i == LOCK_TURNS)
			__builtin_trap();
		__builtin_ia32_pause();
	}
}

static inline void lock_take(struct lock *l)
{
	u32 ticket;

	if (TESSERA_CHECKED)
		lock_order_take(l->rank);
	ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);
	if (__atomic_load_n(&l->serving, __ATOMIC_ACQUIRE) != ticket)
		lock_wait(l, ticket);
}

static inline void lock_drop(struct lock *l)
{
	if (TESSERA_CHECKED)
		lock_order_drop(l->rank);
	__atomic_store_n(&l->serving, l->serving + 1, __ATOMIC_RELEASE);
}

// Whether any CPU holds the lock. A function that needs the lock can assert this cheaply.
static inline bool lock_is_held(const struct lock *l)
{
	return __atomic_load_n(&l->next, __ATOMIC_RELAXED) !=
	       __atomic_load_n(&l->serving, __ATOMIC_RELAXED);
}

#endif
