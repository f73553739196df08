// SPDX-License-Identifier: MIT
// Commands about the whole machine: memory, time, reset and power. They read counters that other
// CPUs change meanwhile; each counter is one aligned word.
#include "hv/console/commands.h"
#include "hv/console/shell/state.h"
#include "hv/core/event.h"
#include "hv/core/panic.h"
#include "hv/core/power_off.h"
#include "vmx/devirt/handoff.h"

void command_vm(struct shell *s, u32 argc, const char **argv)
{
	const struct vm *vm = console_vm();
	const struct policy *p = &vm->policy;

	(void)argc;
	(void)argv;
	shell_print(s, "vm %u            %u CPUs, engine %s%s\n", vm->number, vm->cpus,
		    p->hardware ? "hardware" : "software", p->lockdown ? ", LOCKED DOWN" : "");
	shell_print(s, "address bits    %u, largest page level %u\n", vm->ept.addr_bits,
		    vm->ept.max_leaf_level);
	shell_print(s, "hidden block    0x%lx..0x%lx, %lu reads, %lu writes\n",
		    vm->ept.hidden_start, vm->ept.hidden_end, vm->counters.hidden_reads,
		    vm->counters.hidden_writes);
	shell_print(s, "policy          %u rules, %u regions\n", p->rules.count, p->regions.count);
	shell_print(s, "writes blocked  %lu, events %u\n", vm_blocked(vm), events_last());
	shell_print(s, "SPPT            %lu misses (%lu without memory), %lu misconfigured\n",
		    p->misses, p->misses_no_memory, p->misconfigs);
	shell_print(s, "shootdowns      %lu, NMIs sent %lu, INVEPTs %lu\n", vm->shootdown.count,
		    vm->shootdown.kicks, vm->shootdown.invepts);
	shell_print(s, "exit loops      %lu resolved\n", vm->counters.loops_resolved);
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

// In the form of a tessera.conf.
void command_config(struct shell *s, u32 argc, const char **argv)
{
	const struct {
		const char *key, *words;
		u32 value;
	} choices[] = {
		{ "engine", "auto hardware software", boot->engine },
		{ "sipi", "auto single software", boot->sipi },
		{ "log", log_levels, log_get_level() },
		{ "panic", "halt reboot devirtualize", boot->panic },
		{ "unseal", "never console", boot->unseal },
	};
	u32 i = (u32)shell_position(s);
	char word[16];

	(void)argc;
	(void)argv;
	for (u32 k = 0; i == 0 && k < ARRAY_SIZE(choices); k++) {
		shell_word(choices[k].words, choices[k].value, word, sizeof(word));
		shell_print(s, "%s = %s\n", choices[k].key, word);
	}
	if (i == 0)
		shell_print(s, "memory = %luM\nconsole = 0x%x,%u\n", boot->block_size >> 20,
			    boot->uart_port, boot->uart_baud);
	for (; i < boot->protects && shell_room(s); i++) {
		const struct boot_protect *p = &boot->protect[i];

		shell_print(s, "protect = 0x%lx+0x%lx %s%s%s\n", p->gpa, p->length,
			    action_name(p->action), p->name[0] ? " name=" : "", p->name);
	}
	if (i < boot->protects)
		shell_again(s, i);
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

// This command and those below act only after their output has been sent.
void command_devirtualize(struct shell *s, u32 argc, const char **argv)
{
	(void)argc;
	(void)argv;
	if (console_vm()->freeze.on) {
		shell_print(s, "the guest is frozen: `resume` (or `go`) continues it\n");
	} else if (shell_position(s) == 0) {
		shell_print(
			s,
			"devirtualizing: if no line follows, Tessera and this console are gone\n");
		shell_again(s, 1);
	} else if (!output_idle(&s->output)) {
		shell_again(s, 1);
	} else {
		shell_result(s, devirtualize_all(console_vm()));
	}
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

void command_poweroff(struct shell *s, u32 argc, const char **argv)
{
	struct acpi_off off;

	(void)argc;
	(void)argv;
	if (!acpi_find_off(console_cpu(), boot->rsdp, &off)) {
		shell_print(
			s,
			"the firmware's ACPI tables do not say how to switch off: try `reboot`\n");
		return;
	}
	if (shell_position(s) == 0) {
		shell_print(s, "switching the machine off\n");
		shell_again(s, 1);
	} else if (!output_idle(&s->output)) {
		shell_again(s, 1);
	} else {
		machine_off(&off);
		shell_print(s, "the machine did not switch off: try `reboot`\n");
	}
}
