// SPDX-License-Identifier: MIT
#include "hv/core/drill.h"

#include "hv/core/panic.h"

#define NOWHERE ((const char *)8) // not mapped in root mode

// As a CPU in the guest that takes no NMI looks from outside.
static void be_deaf(struct cpu *c)
{
	while (!__atomic_load_n(&c->shootdown.late, __ATOMIC_SEQ_CST)) {
		__atomic_store_n(&c->state, CPU_GUEST, __ATOMIC_SEQ_CST);
		__atomic_store_n(&c->shootdown.done, 0, __ATOMIC_SEQ_CST);
	}
	__atomic_store_n(&c->state, CPU_ROOT, __ATOMIC_SEQ_CST);
}

void drill_now(struct cpu *c)
{
	if (c->drill == DRILL_DEAF)
		be_deaf(c);
	if (c->shootdown.late)
		cpu_park(c, "it did not answer a shootdown");
	if (c->drill == DRILL_PARK)
		cpu_park(c, "the operator's drill");
	if (c->drill == DRILL_PANIC)
		panic("the operator's drill");
	panic("%s", NOWHERE);
}
