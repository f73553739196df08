// SPDX-License-Identifier: MIT
// Commands about one CPU. Most of them print a snapshot that the CPU took of itself.
#include "hv/console/commands.h"
#include "hv/console/shell/state.h"
#include "vmx/step/step.h"
#include "vmx/vmcs/snapshot.h"

void command_cpus(struct shell *s, u32 argc, const char **argv)
{
	const struct vm *vm = console_vm();
	u32 i = (u32)shell_position(s);

	(void)argc;
	(void)argv;
	if (i == 0)
		shell_print(s, "cpu  apic  state            exits      steps  last exit\n");
	for (; i < vm->cpus && shell_room(s); i++) {
		const struct cpu *c = vm->cpu[i];
		u32 last = c->trail[(c->exits_total - 1) % EXIT_TRAIL].reason;

		shell_print(s, "%3u  %4x  %-8s %13lu %10lu  %s%s\n", c->number, c->apic_id,
			    cpu_state_name(c), c->exits_total, c->step->count,
			    c->exits_total ? exit_reason_name(last) : "-",
			    c->number == cpu_number() ? " (this console)" : "");
	}
	if (i < vm->cpus)
		shell_again(s, i);
}

// Prints the names of the fields without their common first word.
#define PREFIX (sizeof("GUEST_") - 1)

static void print_fields(struct shell *s, const u16 *fields, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		u32 index = vmcs_field_index(fields[i]);

		shell_print(s, "%-6s %016lx%s", vmcs_field_name(index) + PREFIX,
			    snapshot.field[index], i % 3 == 2 || i == count - 1 ? "\n" : "  ");
	}
}

static void print_gprs(struct shell *s)
{
	u32 column = 0;

	for (u32 i = 0; i < 16; i++)
		if (i != RSP)
			shell_print(s, "%-6s %016lx%s", gpr_names[i], snapshot.gpr[i],
				    ++column % 3 ? "  " : "\n");
}

static void print_segments(struct shell *s)
{
	static const char names[SEG_COUNT][5] = {
		"ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"
	};

	for (u32 i = 0; i < SEG_COUNT; i++)
		shell_print(s, "%-6s %04lx  base %016lx  limit %08lx  rights %05lx\n", names[i],
			    snapshot_field(GUEST_SELECTOR(i)), snapshot_field(GUEST_BASE(i)),
			    snapshot_field(GUEST_LIMIT(i)), snapshot_field(GUEST_RIGHTS(i)));
	shell_print(s, "GDTR         base %016lx  limit %08lx\n", snapshot_field(GUEST_GDTR_BASE),
		    snapshot_field(GUEST_GDTR_LIMIT));
	shell_print(s, "IDTR         base %016lx  limit %08lx\n", snapshot_field(GUEST_IDTR_BASE),
		    snapshot_field(GUEST_IDTR_LIMIT));
}

void command_regs(struct shell *s, u32 argc, const char **argv)
{
	static const u16 first[] = { GUEST_RIP, GUEST_RSP, GUEST_RFLAGS };
	static const u16 last[] = { GUEST_CR0,  GUEST_CR3,      GUEST_CR4,
				    GUEST_EFER, GUEST_ACTIVITY, GUEST_DR7 };
	struct cpu *c = read_cpu(s, argv[0]);

	(void)argc;
	if (!c || !shell_run_on(s, c, snapshot_take))
		return;
	shell_print(s, "cpu %u, %s, at privilege level %lu\n", c->number, cpu_state_name(c),
		    (snapshot_field(GUEST_RIGHTS(SEG_SS)) >> 5) & 3);
	print_fields(s, first, ARRAY_SIZE(first));
	print_gprs(s);
	print_fields(s, last, ARRAY_SIZE(last));
	print_segments(s);
}

void command_vmcs(struct shell *s, u32 argc, const char **argv)
{
	struct cpu *c = read_cpu(s, argv[0]);
	u64 i;

	(void)argc;
	if (!c || !shell_run_on(s, c, snapshot_take))
		return;
	i = MAX(shell_position(s), POSITION_DONE) - POSITION_DONE;
	for (; i < VMCS_FIELD_COUNT && shell_room(s); i++)
		if (snapshot.there[i])
			shell_print(s, "%04x  %-25s %016lx\n", vmcs_field_encoding(i),
				    vmcs_field_name(i), snapshot.field[i]);
	if (i < VMCS_FIELD_COUNT)
		shell_again(s, POSITION_DONE + i);
}
