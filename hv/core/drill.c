// SPDX-License-Identifier: MIT
#include "hv/core/drill.h"

#include "hv/core/panic.h"

#define NOWHERE ((const char *)8) // not mapped in root mode

void drill_now(struct cpu *c)
{
	if (c->drill == DRILL_PARK)
		cpu_park(c, "the operator's drill");
	if (c->drill == DRILL_PANIC)
		panic("the operator's drill");
	panic("%s", NOWHERE);
}
