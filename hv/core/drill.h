// SPDX-License-Identifier: MIT
// Failures on demand, so that an operator can see what Tessera does before it matters.
#ifndef HV_CORE_DRILL_H
#define HV_CORE_DRILL_H

#include "hv/core/cpu.h"

//      name    what happens
#define DRILLS(X)                                     \
	X(PARK, "park")     /* a CPU is parked */     \
	X(PANIC, "panic")   /* a panic */             \
	X(NESTED, "nested") /* a panic that panics */ \
	X(DEAF, "deaf")     /* a CPU that does not answer a shootdown */

#define DRILL_ENUM(name, text) DRILL_##name,
enum drill { DRILL_NONE, DRILLS(DRILL_ENUM) };

// Before VM entry with WORK_DRILL set: causes the failure that cpu.drill says, or parks a CPU that
// did not answer a shootdown. Does not return.
void drill_now(struct cpu *c) __attribute__((noreturn));

#endif
