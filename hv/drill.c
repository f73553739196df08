// SPDX-License-Identifier: MIT
#include "hv/drill.h"

#include "hv/machine.h"

#define NOWHERE ((const char *)8) // not mapped in root mode

void drill_now(struct cpu *c)
{
	if (c->drill == DRILL_PARK)
		cpu_park(c, "the operator's drill");
	if (c->drill == DRILL_PANIC)
		panic("the operator's drill");
	panic("%s", NOWHERE);
}
