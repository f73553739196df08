// SPDX-License-Identifier: MIT
#include "hv/core/run_on.h"

#include "hv/core/shootdown.h"
#include "hv/core/work.h"
#include "hv/x86/insn.h"

static struct cpu *asked; // has, or had, the last question

// Afterwards the processor asked last does nothing for us any more.
static void take_back(void)
{
	if (!asked || __atomic_exchange_n(&asked->question, NULL, __ATOMIC_SEQ_CST))
		return;
	while (!__atomic_load_n(&asked->answered, __ATOMIC_ACQUIRE))
		pause();
}

bool ask(struct cpu *c, ask_work work)
{
	u32 state = __atomic_load_n(&c->state, __ATOMIC_SEQ_CST);

	take_back();
	asked = NULL;
	if (c == cpu_this()) {
		work(c);
		return true;
	}
	if (state == CPU_OFFLINE || state == CPU_WAITING)
		return false;
	asked = c;
	c->answered = false;
	__atomic_store_n(&c->question, work, __ATOMIC_SEQ_CST);
	work_add(c, WORK_ASK);
	return true;
}

// A kick that came behind the last look at cpu.work ends in root mode and changes nothing: so it is
// sent again at each look of ours, until the processor answers.
bool ask_done(struct cpu *c)
{
	u32 state = __atomic_load_n(&c->state, __ATOMIC_SEQ_CST);

	if (c != asked || __atomic_load_n(&c->answered, __ATOMIC_ACQUIRE))
		return true;
	if (state == CPU_GUEST || state == CPU_PARKED)
		cpu_kick(c);
	return false;
}

void ask_answer(struct cpu *c)
{
	ask_work work;

	work_drop(c, WORK_ASK);
	work = __atomic_exchange_n(&c->question, NULL, __ATOMIC_SEQ_CST);
	if (!work)
		return;
	work(c);
	__atomic_store_n(&c->answered, true, __ATOMIC_RELEASE);
}
