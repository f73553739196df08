// SPDX-License-Identifier: MIT
// Commands about the machine as a whole: processors, exits, memory, time. They read counters that
// other CPUs change meanwhile; each is one aligned word.
#include "hv/commands.h"
#include "hv/events.h"
#include "hv/machine.h"
#include "hv/shell_state.h"
#include "vmx/leave.h"

static const char *const state_names[] = {
	[CPU_OFFLINE] = "offline", [CPU_ROOT] = "root",     [CPU_GUEST] = "guest",
	[CPU_WAITING] = "waiting", [CPU_PARKED] = "PARKED",
};

static const char *state_name(u32 state)
{
	return state < ARRAY_SIZE(state_names) ? state_names[state] : "?";
}

void command_cpus(struct shell *s, u32 argc, const char **argv)
{
	const struct vm *vm = console_vm();
	u32 i = (u32)shell_position(s);

	(void)argc;
	(void)argv;
	if (i == 0)
		shell_print(s, "cpu  apic  state            exits      steps\n");
	for (; i < vm->cpus && shell_room(s); i++) {
		const struct cpu *c = vm->cpu[i];

		if (!c)
			continue;
		shell_print(s, "%3u  %4x  %-8s %13lu %10lu%s\n", c->number, c->apic_id,
			    state_name(c->state), c->exits_total, c->step.count,
			    c->number == cpu_number() ? "  (this console)" : "");
	}
	if (i < vm->cpus)
		shell_again(s, i);
}

// Of the processors first..end - 1.
static u64 count_exits(const struct vm *vm, u32 reason, u64 first, u64 end)
{
	u64 sum = 0;

	for (u64 i = first; i < end; i++)
		sum += vm->cpu[i] ? vm->cpu[i]->exits[reason] : 0;
	return sum;
}

void command_exits(struct shell *s, u32 argc, const char **argv)
{
	const struct vm *vm = console_vm();
	u64 first = 0;
	u64 end = vm->cpus;
	u32 reason = (u32)shell_position(s);

	if (argc) {
		if (!shell_read_number(s, argv[0], &first))
			return;
		if (first >= vm->cpus) {
			shell_print(s, "there is no processor %lu: 0 to %u\n", first, vm->cpus - 1);
			return;
		}
		end = first + 1;
	}
	for (; reason < REASON_COUNT && shell_room(s); reason++) {
		u64 count = count_exits(vm, reason, first, end);

		if (count)
			shell_print(s, "%2u %-22s %14lu\n", reason, exit_reason_name(reason),
				    count);
	}
	if (reason < REASON_COUNT)
		shell_again(s, reason);
}

void command_vm(struct shell *s, u32 argc, const char **argv)
{
	const struct vm *vm = console_vm();
	const struct policy *p = &vm->policy;

	(void)argc;
	(void)argv;
	shell_print(s, "vm %u            %u processors, engine %s%s\n", vm->number, vm->cpus,
		    p->hardware ? "hardware" : "software", p->lockdown ? ", LOCKED DOWN" : "");
	shell_print(s, "address bits    %u, largest page level %u\n", vm->ept.addr_bits,
		    vm->ept.max_leaf_level);
	shell_print(s, "hidden block    0x%lx..0x%lx, %lu reads, %lu writes\n",
		    vm->ept.hidden_start, vm->ept.hidden_end, vm->hidden_reads, vm->hidden_writes);
	shell_print(s, "policy          %u rules, %u regions\n", p->rules.count, p->regions.count);
	shell_print(s, "writes denied   %lu, events %u\n", vm->denied, events_last());
	shell_print(s, "SPPT            %lu misses (%lu without memory), %lu misconfigured\n",
		    p->misses, p->misses_no_memory, p->misconfigs);
	shell_print(s, "shoot-downs     %lu, NMIs sent %lu, INVEPTs %lu\n", vm->flushes,
		    vm->flush_kicks, vm->invepts);
	shell_print(s, "exit loops      %lu resolved\n", vm->loops_resolved);
}

void command_pool(struct shell *s, u32 argc, const char **argv)
{
	const struct vm *vm = console_vm();
	u64 pages = vm->pool->size / PAGE_SIZE;
	u64 available = vm->pool->free_pages;

	(void)argc;
	(void)argv;
	shell_print(s, "reserved block  0x%lx, %lu KiB\n", boot->block_pa, boot->block_size / 1024);
	shell_print(s, "pool            %lu pages, %lu used, %lu free\n", pages, pages - available,
		    available);
	shell_print(s, "EPT             %u tables, %u waiting to be freed\n", vm->ept.tables.used,
		    vm->ept.tables.limbo);
	shell_print(s, "SPPT            %u tables, %u waiting to be freed\n",
		    vm->policy.sppt.tables.used, vm->policy.sppt.tables.limbo);
}

void command_time(struct shell *s, u32 argc, const char **argv)
{
	u64 now = __builtin_ia32_rdtsc();
	u64 hz = s->tsc_hz;

	(void)argc;
	(void)argv;
	shell_print(s, "tsc %lu, %lu Hz\n", now, hz);
	if (hz >= 1000)
		shell_print(s, "%lu.%03lu seconds since the counter started\n", now / hz,
			    now % hz / (hz / 1000) % 1000);
}

// The word that the machine goes down leaves before it does: the reset waits for the output.
void command_devirtualize(struct shell *s, u32 argc, const char **argv)
{
	(void)argc;
	(void)argv;
	shell_result(s, leave_all(&vm0));
}

void command_reboot(struct shell *s, u32 argc, const char **argv)
{
	(void)argc;
	(void)argv;
	if (shell_position(s) == 0)
		shell_print(s, "resetting the machine\n");
	else if (output_idle(&s->output))
		machine_reset();
	shell_again(s, 1);
}
