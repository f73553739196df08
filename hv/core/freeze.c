// SPDX-License-Identifier: MIT
#include "hv/core/freeze.h"

#include "hv/console/console.h"
#include "hv/core/host.h"
#include "hv/core/log.h"
#include "hv/core/run_on.h"
#include "hv/core/shootdown.h"
#include "hv/core/work.h"
#include "hv/x86/insn.h"
#include "vmx/exit/timing.h"
#include "vmx/step/open.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/vmcs.h"

static struct lock switching;

static void set_frozen(struct vm *vm, bool on)
{
	lock_take(&switching);
	if (on && !vm->frozen)
		vm->frozen_since = rdtsc();
	__atomic_store_n(&vm->frozen, on, __ATOMIC_SEQ_CST);
	watch_set(vm, WATCH_FREEZE, on);
	lock_drop(&switching);
}

static bool in_guest(const struct cpu *c)
{
	return __atomic_load_n(&c->state, __ATOMIC_SEQ_CST) == CPU_GUEST;
}

// A kick that came behind a processor's last look at cpu.work is spent in root mode: another one
// follows then.
static bool await(struct cpu *c, u64 since)
{
	while (in_guest(c)) {
		if (ticks_passed(since, FREEZE_MS * (boot->tsc_hz / 1000)))
			return false;
		cpu_kick(c);
		pause();
	}
	return true;
}

bool freeze(struct vm *vm)
{
	u64 began = rdtsc();
	bool all = true;

	set_frozen(vm, true);
	for (u32 i = 0; i < vm->cpus; i++) {
		work_add(vm->cpu[i], WORK_FREEZE);
		if (in_guest(vm->cpu[i])) // kick all first, so that they leave side by side
			cpu_kick(vm->cpu[i]);
	}
	for (u32 i = 0; i < vm->cpus; i++)
		all &= await(vm->cpu[i], began);
	return all;
}

void freeze_end(struct vm *vm)
{
	set_frozen(vm, false);
}

u8 freeze_or_deny(u8 action)
{
	u16 first, last;

	return console_ports(&first, &last) ? action : TESSERA_ACTION_DENY;
}

static bool stands(const struct cpu *c)
{
	return __atomic_load_n(&c->vm->frozen, __ATOMIC_SEQ_CST) && c->single != SINGLE_WANTED;
}

void freeze_wait(struct cpu *c)
{
	u64 since = rdtsc();

	work_drop(c, WORK_FREEZE);
	if (c->step.active) // the exit that ends it leads here again
		return;
	if (c->single == SINGLE_RUNS) {
		step_single_end(c);
		c->single = SINGLE_DONE;
	}
	c->stands_at = vmread(GUEST_RIP);
	c->frozen = true;
	while (stands(c)) {
		if (host_polls_console(c))
			console_poll();
		if (c->work & WORK_ASK)
			ask_answer(c);
		pause();
	}
	c->frozen = false;
	if (c->single == SINGLE_WANTED) {
		c->single = SINGLE_RUNS;
		step_single(c);
	}
	c->exit_began += rdtsc() - since;
}

void freeze_step(struct cpu *c)
{
	bool runs = vmread(GUEST_ACTIVITY) == ACTIVITY_ACTIVE;

	c->single = !c->frozen ? SINGLE_NONE : runs ? SINGLE_WANTED : SINGLE_HALTED;
}

void freeze_write(struct cpu *c, u64 rip)
{
	c->pass = (struct freeze_pass){ .valid = true, .rip = rip, .cr3 = vmread(GUEST_CR3) };
	log_warn("cpu %u stopped the machine: `go` lets its write through once", c->number);
	freeze(c->vm);
}

bool freeze_passes(const struct cpu *c, u64 rip)
{
	return c->pass.valid && c->pass.rip == rip && c->pass.cr3 == vmread(GUEST_CR3);
}

void freeze_pass_drop(struct cpu *c)
{
	c->pass.valid = false;
}
