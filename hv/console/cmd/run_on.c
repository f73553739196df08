// SPDX-License-Identifier: MIT
// For commands that run a function on another CPU: reads its number, sends the request, and polls
// for the end. The command itself uses positions from POSITION_DONE on.
#include "hv/console/commands.h"
#include "hv/console/shell/state.h"
#include "hv/core/run_on.h"
#include "hv/x86/insn.h"

#define ANSWERS_A_SECOND 10 // a CPU that takes longer is stuck in root mode

const char *cpu_state_name(const struct cpu *c)
{
	static const char *const names[] = {
		[CPU_OFFLINE] = "offline", [CPU_ROOT] = "root",     [CPU_GUEST] = "guest",
		[CPU_WAITING] = "waiting", [CPU_PARKED] = "PARKED",
	};

	if (c->freeze.frozen)
		return "frozen";
	return c->state < ARRAY_SIZE(names) ? names[c->state] : "?";
}

struct cpu *read_cpu(struct shell *s, const char *text)
{
	const struct vm *vm = console_vm();
	u64 number;

	if (!shell_read_number(s, text, &number))
		return NULL;
	if (number < vm->cpus)
		return vm->cpu[number];
	shell_print(s, "there is no CPU %lu: use 0 to %u\n", number, vm->cpus - 1);
	return NULL;
}

bool shell_poll_cpu(struct shell *s, const struct cpu *c, u64 position)
{
	if (!ticks_passed(s->call.since, s->tsc_hz / ANSWERS_A_SECOND))
		shell_again(s, position);
	else
		shell_print(s, "cpu %u does not answer: see `cpus`\n", c->number);
	return false;
}

bool shell_run_on(struct shell *s, struct cpu *c, void (*work)(struct cpu *c))
{
	if (shell_position(s) >= POSITION_DONE)
		return true;
	if (shell_position(s) == 0) {
		s->call.since = rdtsc();
		if (!run_on(c, work)) {
			shell_print(s, "cpu %u runs no guest now: it is %s\n", c->number,
				    cpu_state_name(c));
			return false;
		}
	}
	return run_on_done(c) || shell_poll_cpu(s, c, POSITION_WAITING);
}
