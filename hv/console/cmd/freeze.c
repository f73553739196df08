// SPDX-License-Identifier: MIT
// Commands that freeze and resume the guest: freeze, resume, step.
#include "hv/console/commands.h"
#include "hv/console/shell/state.h"
#include "hv/core/freeze.h"

#define MICROSECONDS 1000000

static u64 ticks_to_microseconds(const struct shell *s, u64 ticks)
{
	return s->tsc_hz >= MICROSECONDS ? ticks / (s->tsc_hz / MICROSECONDS) : 0;
}

void command_freeze(struct shell *s, u32 argc, const char **argv)
{
	struct vm *vm = console_vm();
	u64 began = __builtin_ia32_rdtsc();

	(void)argc;
	(void)argv;
	if (vm->freeze.on)
		shell_print(s, "the guest is frozen already: `resume` (or `go`) continues it\n");
	else if (freeze(vm))
		shell_print(s, "guest frozen after %lu us: `resume` (or `go`) continues it\n",
			    ticks_to_microseconds(s, __builtin_ia32_rdtsc() - began));
	else
		shell_print(s, "a CPU is still in the guest: see `cpus`\n");
}

void command_resume(struct shell *s, u32 argc, const char **argv)
{
	struct vm *vm = console_vm();
	u64 stood = __builtin_ia32_rdtsc() - vm->freeze.since;

	(void)argc;
	(void)argv;
	if (!vm->freeze.on) {
		shell_print(s, "the guest is not frozen\n");
		return;
	}
	freeze_end(vm);
	shell_print(s, "guest resumed; it was frozen for %lu ms\n",
		    ticks_to_microseconds(s, stood) / 1000);
}

void command_step(struct shell *s, u32 argc, const char **argv)
{
	const struct vm *vm = console_vm();
	struct cpu *c = read_cpu(s, argv[0]);

	(void)argc;
	if (!c)
		return;
	if (!vm->freeze.on)
		shell_print(s, "the guest runs: `freeze` it first\n");
	else if (!shell_run_on(s, c, freeze_step))
		return;
	else if (c->freeze.single == SINGLE_HALTED)
		shell_print(s, "cpu %u is halted: it waits for an interrupt\n", c->number);
	else if (c->freeze.single == SINGLE_DONE)
		shell_print(s, "cpu %u is frozen at 0x%lx, after a VM exit by %s\n", c->number,
			    c->freeze.rip,
			    exit_reason_name(c->trail[(c->exits_total - 1) % EXIT_TRAIL].reason));
	else
		shell_poll_cpu(s, c, POSITION_DONE);
}
