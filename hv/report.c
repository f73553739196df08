// SPDX-License-Identifier: MIT
#include "hv/report.h"

#include <stdarg.h>

#include "hv/format.h"
#include "vmx/vmcs.h"

struct field {
	const char *name;
	u32 field;
};

static const struct field fields[] = {
	{ "exit reason", EXIT_REASON },
	{ "exit qualification", EXIT_QUALIFICATION },
	{ "instruction error", INSTRUCTION_ERROR },
	{ "guest-linear address", GUEST_LINEAR_ADDRESS },
	{ "guest-physical address", GUEST_PHYSICAL_ADDRESS },
	{ "IDT-vectoring info", IDT_VECTORING_INFO },
	{ "entry interruption info", ENTRY_INTERRUPTION_INFO },
	{ "interruptibility", GUEST_INTERRUPTIBILITY },
	{ "activity state", GUEST_ACTIVITY },
	{ "RIP", GUEST_RIP },
	{ "RSP", GUEST_RSP },
	{ "RFLAGS", GUEST_RFLAGS },
	{ "CR0", GUEST_CR0 },
	{ "CR3", GUEST_CR3 },
	{ "CR4", GUEST_CR4 },
	{ "EFER", GUEST_EFER },
	{ "CS", GUEST_CS },
	{ "CS base", GUEST_CS_BASE },
	{ "CS rights", GUEST_CS_RIGHTS },
	{ "SS rights", GUEST_SS_RIGHTS },
	{ "TR rights", GUEST_TR_RIGHTS },
	{ "entry controls", ENTRY_CONTROLS },
};

static void __attribute__((format(printf, 2, 3)))
line_of(void (*line)(const char *text), const char *text, ...)
{
	char buffer[112];
	va_list list;

	va_start(list, text);
	format_list(buffer, sizeof(buffer), text, list);
	va_end(list);
	line(buffer);
}

void report_cpu(struct cpu *c, void (*line)(const char *text))
{
	static const char *const names[16] = { "RAX", "RCX", "RDX", "RBX", "---", "RBP",
					       "RSI", "RDI", "R8",  "R9",  "R10", "R11",
					       "R12", "R13", "R14", "R15" };

	line_of(line, "cpu %u, APIC ID %u:", c->number, c->apic_id);
	for (u32 i = 0; i < ARRAY_SIZE(fields); i++)
		line_of(line, "  %-24s %016lx", fields[i].name, vmread(fields[i].field));
	for (u32 i = 0; c->regs && i < 16; i += 4)
		line_of(line, "  %s %016lx %s %016lx %s %016lx %s %016lx", names[i],
			c->regs->gpr[i], names[i + 1], c->regs->gpr[i + 1], names[i + 2],
			c->regs->gpr[i + 2], names[i + 3], c->regs->gpr[i + 3]);
	for (u32 i = 0; i < EXIT_TRAIL && i < c->exits_total; i++) {
		const struct exit_trail *t = &c->trail[(c->exits_total - 1 - i) % EXIT_TRAIL];

		line_of(line, "  exit -%u: %s", i, exit_reason_name(t->reason));
	}
}
