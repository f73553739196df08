// SPDX-License-Identifier: MIT
#include "hv/core/verdict.h"

#include "hv/core/freeze.h"
#include "hv/core/log.h"
#include "hv/core/operator.h"
#include "hv/core/vcpu.h"

u8 verdict_possible(u8 action)
{
	return operator_is_there() ? action : TESSERA_ACTION_DENY;
}

void verdict_stop(struct cpu *c, u64 rip)
{
	c->freeze.pass = (struct freeze_pass){ .valid = true, .rip = rip, .cr3 = vcpu_cr3() };
	log_warn("cpu %u froze the guest at a write: `resume` lets the write through once",
		 c->number);
	freeze(c->vm);
}

bool verdict_has_pass(const struct cpu *c, u64 rip)
{
	const struct freeze_pass *pass = &c->freeze.pass;

	return pass->valid && pass->rip == rip && pass->cr3 == vcpu_cr3();
}

void verdict_drop_pass(struct cpu *c)
{
	c->freeze.pass.valid = false;
}
