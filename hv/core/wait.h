// SPDX-License-Identifier: MIT
// The limits of waits in root mode for another CPU; those of waits for locks are in hv/lib/lock.h.
// What happens at the limit stands beside it, and in docs/locking.md.
#ifndef HV_CORE_WAIT_H
#define HV_CORE_WAIT_H

#include "hv/lib/types.h"

//    name       microseconds   at the limit
#define WAITS(X)                                                          \
	X(SHOOTDOWN, 500000) /* a second NMI; then the CPU is given up */ \
	X(FREEZE, 10000)     /* freeze() reports that a CPU is late */    \
	X(SIPI, 5000)        /* the SIPI stays with its target */         \
	X(RUN_ON, 100000)    /* run_on() refuses */                       \
	X(DEVIRT, 1000000)   /* all stay virtualized, or BUSY */          \
	X(KICK, 10000)       /* the kick is taken for lost */

#define WAIT_ENUM(name, us) WAIT_##name = (us),
enum wait_for { WAITS(WAIT_ENUM) };

// Begins with `struct wait w = { .us = WAIT_FREEZE };`, at the first wait_goes_on().
struct wait {
	u64 us;
	u64 last; // TSC of the last look, 0 = none yet
	s64 left; // ticks
};

// Pauses, and returns false when the time is up. Time in which this CPU itself stood (in SMM, or
// because an outer hypervisor paused it) counts as a millisecond at most, since the CPU that is
// waited for may have stood as well. Any context.
bool wait_goes_on(struct wait *w) __attribute__((noinline));

#endif
