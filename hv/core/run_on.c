// SPDX-License-Identifier: MIT
#include "hv/core/run_on.h"

#include "hv/core/operator.h"
#include "hv/core/shootdown.h"
#include "hv/core/vm.h"
#include "hv/core/wait.h"
#include "hv/core/work.h"
#include "hv/x86/insn.h"

// Cancels the last request: its CPU runs nothing more for the console. False if it is still at it
// when the time is up.
static bool cancel_request(struct vm *vm)
{
	struct wait w = { .us = WAIT_RUN_ON };
	struct cpu *last = vm->run_on_target;

	if (last && !__atomic_exchange_n(&last->run_on.work, NULL, __ATOMIC_SEQ_CST))
		while (!__atomic_load_n(&last->run_on.done, __ATOMIC_ACQUIRE))
			if (!wait_goes_on(&w))
				return false;
	vm->run_on_target = NULL;
	return true;
}

bool run_on(struct cpu *c, run_on_work work)
{
	u32 state = __atomic_load_n(&c->state, __ATOMIC_SEQ_CST);

	ASSERT(operator_is_served_by(cpu_this()), "only the console's CPU asks other CPUs");
	if (!cancel_request(c->vm))
		return false;
	if (c == cpu_this()) {
		work(c);
		return true;
	}
	if (state == CPU_OFFLINE || state == CPU_WAITING)
		return false;
	c->vm->run_on_target = c;
	c->run_on.done = false;
	__atomic_store_n(&c->run_on.work, work, __ATOMIC_SEQ_CST);
	work_add(c, WORK_RUN_ON);
	return true;
}

// A kick that arrives after the CPU has last read cpu.work has no effect, so each poll kicks again
// until the CPU answers.
bool run_on_done(struct cpu *c)
{
	u32 state = __atomic_load_n(&c->state, __ATOMIC_SEQ_CST);

	if (c != c->vm->run_on_target || __atomic_load_n(&c->run_on.done, __ATOMIC_ACQUIRE))
		return true;
	if (state == CPU_GUEST || state == CPU_PARKED)
		cpu_kick(c);
	return false;
}

void run_on_execute(struct cpu *c)
{
	run_on_work work;

	work_drop(c, WORK_RUN_ON);
	work = __atomic_exchange_n(&c->run_on.work, NULL, __ATOMIC_SEQ_CST);
	if (!work)
		return;
	work(c);
	__atomic_store_n(&c->run_on.done, true, __ATOMIC_RELEASE);
}
