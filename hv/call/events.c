// SPDX-License-Identifier: MIT
// The calls about the agent's event ring.
#include "hv/call/calls.h"
#include "hv/core/vm.h"

s64 call_events_start(struct cpu *c, const struct arguments *x, u64 *value)
{
	s64 error = agent_ring_start(c, x->a[0], x->a[1], x->a[2]);

	if (!error)
		*value = c->vm->ring.records;
	return error;
}

s64 call_events_stop(struct cpu *c, const struct arguments *x, u64 *value)
{
	(void)x;
	(void)value;
	return agent_ring_stop(c->vm);
}
