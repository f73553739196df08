// SPDX-License-Identifier: MIT
// Prints the state of a CPU for a report.
#include <stdarg.h>

#include "hv/core/vcpu.h"
#include "hv/lib/format.h"
#include "vmx/vmcs/snapshot.h"

// The fields that explain most unexpected exits.
static const u16 fields[] = {
	EXIT_REASON,
	EXIT_QUALIFICATION,
	INSTRUCTION_ERROR,
	GUEST_LINEAR_ADDRESS,
	GUEST_PHYSICAL_ADDRESS,
	IDT_VECTORING_INFO,
	ENTRY_INTERRUPTION_INFO,
	GUEST_INTERRUPTIBILITY,
	GUEST_PENDING_DEBUG,
	GUEST_DEBUGCTL,
	GUEST_ACTIVITY,
	GUEST_RIP,
	GUEST_RSP,
	GUEST_RFLAGS,
	GUEST_CR0,
	GUEST_CR3,
	GUEST_CR4,
	GUEST_EFER,
	GUEST_CS,
	GUEST_CS_BASE,
	GUEST_CS_RIGHTS,
	GUEST_SS_RIGHTS,
	GUEST_TR_RIGHTS,
	ENTRY_CONTROLS,
	PIN_CONTROLS,
	PRIMARY_CONTROLS,
	SECONDARY_CONTROLS,
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

void vcpu_report(struct cpu *c, void (*line)(const char *text))
{
	const u64 *gpr = c->regs ? c->regs->gpr : NULL;

	line_of(line, "cpu %u, APIC ID %u:", c->number, c->apic_id);
	for (u32 i = 0; i < ARRAY_SIZE(fields); i++)
		line_of(line, "  %-24s %016lx", vmcs_field_name(vmcs_field_index(fields[i])),
			vmread(fields[i]));
	for (u32 i = 0; gpr && i < 16; i += 4)
		line_of(line, "  %s %016lx %s %016lx %s %016lx %s %016lx", gpr_names[i], gpr[i],
			gpr_names[i + 1], gpr[i + 1], gpr_names[i + 2], gpr[i + 2],
			gpr_names[i + 3], gpr[i + 3]);
	for (u32 i = 0; i < EXIT_TRAIL && i < c->exits_total; i++) {
		const struct exit_trail *t = &c->trail[(c->exits_total - 1 - i) % EXIT_TRAIL];

		line_of(line, "  exit -%u: %s", i, exit_reason_name(t->reason));
	}
}
