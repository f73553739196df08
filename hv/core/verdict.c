// SPDX-License-Identifier: MIT
#include "hv/core/verdict.h"

#include "hv/core/event.h"
#include "hv/core/freeze.h"
#include "hv/core/log.h"
#include "hv/core/operator.h"
#include "hv/core/vcpu.h"
#include "hv/core/work.h"
#include "hv/x86/insn.h"

void write_event(struct cpu *c, u8 action, u32 rule, u64 gpa, u64 gva, u64 rip, u8 size, u64 before,
		 u64 after)
{
	struct vm *vm = c->vm;
	struct rule *r = rule_get(&vm->policy.rules, rule);
	bool denies = action == TESSERA_ACTION_DENY || action == TESSERA_ACTION_DISCARD;
	struct tessera_event e = {
		.tsc = rdtsc(),
		.gpa = gpa,
		.gva = gva,
		.rip = rip,
		.before = before,
		.after = after,
		.cr3_page = vcpu_cr3() >> PAGE_SHIFT,
		.rule = rule,
		.cpu = c->number,
		.action = action,
		.size = size,
		.info = vcpu_event_info(),
	};

	if (r) {
		__atomic_fetch_add(&r->writes, 1, __ATOMIC_RELAXED);
		if (denies)
			__atomic_fetch_add(&r->blocked, 1, __ATOMIC_RELAXED);
	}
	__atomic_fetch_add(&vm->writes[action], 1, __ATOMIC_RELAXED);
	events_add(&e);
	if (vm->ring.gpa)
		work_add(c, WORK_EVENTS);
}

u8 verdict_possible(u8 action)
{
	return action == TESSERA_ACTION_DENY || operator_is_there() ? action : TESSERA_ACTION_DENY;
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
