// SPDX-License-Identifier: MIT
#include "hv/core/freeze.h"

#include "hv/core/lock_order.h"
#include "hv/core/operator.h"
#include "hv/core/run_on.h"
#include "hv/core/shootdown.h"
#include "hv/core/vcpu.h"
#include "hv/core/wait.h"
#include "hv/core/work.h"
#include "hv/x86/insn.h"

static void set_frozen(struct vm *vm, bool on)
{
	lock_take(&vm->freeze.lock);
	if (on && !vm->freeze.on)
		vm->freeze.since = rdtsc();
	__atomic_store_n(&vm->freeze.on, on, __ATOMIC_SEQ_CST);
	vcpu_work_at_exits(vm, WORK_FREEZE, on);
	lock_drop(&vm->freeze.lock);
}

static bool in_guest(const struct cpu *c)
{
	return __atomic_load_n(&c->state, __ATOMIC_SEQ_CST) == CPU_GUEST;
}

// A kick that arrives after a CPU has last read cpu.work has no effect, so the kick is repeated.
static bool await_exit(struct cpu *c, struct wait *w)
{
	while (in_guest(c)) {
		cpu_kick(c);
		if (!wait_goes_on(w))
			return false;
	}
	return true;
}

bool freeze(struct vm *vm)
{
	struct wait w = { .us = WAIT_FREEZE };
	bool all = true;

	set_frozen(vm, true);
	for (u32 i = 0; i < vm->cpus; i++) {
		work_add(vm->cpu[i], WORK_FREEZE);
		if (in_guest(vm->cpu[i])) // kick all first, so that they exit in parallel
			cpu_kick(vm->cpu[i]);
	}
	for (u32 i = 0; i < vm->cpus; i++)
		all &= await_exit(vm->cpu[i], &w);
	return all;
}

void freeze_end(struct vm *vm)
{
	set_frozen(vm, false);
}

static bool stays_frozen(const struct cpu *c)
{
	return __atomic_load_n(&c->vm->freeze.on, __ATOMIC_SEQ_CST) &&
	       c->freeze.single != SINGLE_WANTED;
}

void freeze_wait(struct cpu *c)
{
	u64 since = rdtsc();

	lock_order_only(c, 0);
	work_drop(c, WORK_FREEZE);
	if (c->in_step) // the exit that ends it leads here again
		return;
	if (c->freeze.single == SINGLE_RUNS) {
		vcpu_single_end(c);
		c->freeze.single = SINGLE_DONE;
	}
	c->freeze.rip = vcpu_rip();
	c->freeze.frozen = true;
	while (stays_frozen(c)) {
		if (operator_is_served_by(c))
			operator_poll();
		if (c->work & WORK_RUN_ON)
			run_on_execute(c);
		pause();
	}
	c->freeze.frozen = false;
	if (c->freeze.single == SINGLE_WANTED) {
		c->freeze.single = SINGLE_RUNS;
		vcpu_single_begin(c);
	}
	c->timing.began += rdtsc() - since;
}

void freeze_step(struct cpu *c)
{
	bool runs = vcpu_is_active();

	c->freeze.single = !c->freeze.frozen ? SINGLE_NONE : runs ? SINGLE_WANTED : SINGLE_HALTED;
}
