// SPDX-License-Identifier: MIT
// Manual: "VMX Capability Reporting Facility", and CPUID for what the checks ask of the CPU itself.
#include "vmx/check/entry_check.h"

#include "hv/core/log.h"
#include "hv/core/panic.h"
#include "hv/core/vm.h"
#include "hv/lib/format.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/insn.h"
#include "hv/x86/io.h"
#include "hv/x86/msr.h"
#include "vmx/check/entry_rules.h"
#include "vmx/vmcs/capability.h"
#include "vmx/vmcs/controls.h"

#define PORT_EMULATOR        0xe9 // text for the emulator's own output; nothing is there elsewhere

#define CPUID_7_EBX_SGX      BIT(2)
#define CPUID_7_EBX_RTM      BIT(11)
#define CPUID_7_ECX_LA57     BIT(16)
#define CPUID_7_ECX_BUS_LOCK BIT(24)
#define CPUID_7_1_EAX_LAM    BIT(26)

// IA32_DEBUGCTL but for bits 5:3, and bit 2 where bus locks raise exceptions.
#define DEBUGCTL_KNOWN    0xffc3
#define DEBUGCTL_BUS_LOCK BIT(2)

static struct entry_cpu known[BOOT_CPUS_MAX];

static void read_capability(struct entry_cpu *e)
{
	struct vmx_capability cap;

	vmx_capability_read(&cap, boot->engine); // worked before: this CPU is in VMX operation
	e->basic = cap.basic;
	e->misc = cap.misc;
	e->ept_vpid = cap.ept_vpid;
	e->pin = cap.pin;
	e->primary = cap.primary;
	e->secondary = cap.secondary;
	e->exit = cap.exit;
	e->entry = cap.entry;
	e->cr0_fixed0 = cap.cr0_fixed0;
	e->cr0_fixed1 = cap.cr0_fixed1;
	e->cr4_fixed0 = cap.cr4_fixed0;
	e->cr4_fixed1 = cap.cr4_fixed1;
	rdmsr_safe(IA32_VMX_VMFUNC, &e->vm_functions);
	rdmsr_safe(IA32_VMX_PROCBASED_CTLS3, &e->tertiary);
	rdmsr_safe(IA32_VMX_EXIT_CTLS2, &e->exit_secondary);
}

// What Tessera never loads (performance counters, Processor Trace, last branches) may be anything.
static void read_cpu(struct cpu *c, struct entry_cpu *e)
{
	struct cpuid features = cpuid(7, 0);

	read_capability(e);
	e->address_bits = cpuid(0x80000008, 0).eax & 0xff;
	e->linear_bits = features.ecx & CPUID_7_ECX_LA57 ? 57 : 48;
	e->lam = features.eax >= 1 && cpuid(7, 1).eax & CPUID_7_1_EAX_LAM;
	e->sgx = features.ebx & CPUID_7_EBX_SGX;
	e->rtm = features.ebx & CPUID_7_EBX_RTM;
	e->bus_lock = features.ecx & CPUID_7_ECX_BUS_LOCK;
	e->efer = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
	e->debugctl = DEBUGCTL_KNOWN | (e->bus_lock ? DEBUGCTL_BUS_LOCK : 0);
	e->perf_global = e->rtit = e->lbr = ~0ULL;
	e->ia32e = true;
	e->vmcs_pa = c->vmcs_pa;
}

static void say(const char *text)
{
	log_error("%s", text);
	for (; *text; text++)
		outb(PORT_EMULATOR, (u8)*text);
	outb(PORT_EMULATOR, '\n');
}

static u32 place_of(u32 encoding)
{
	u32 place = 0;

	while (entry_field_encoding(place) != encoding)
		place++;
	return place;
}

static void __attribute__((noreturn))
refuse(const struct entry_state *s, const struct entry_rule *rule)
{
	char line[LOG_TEXT_SIZE];

	format(line, sizeof(line), "VM entry would be refused: %s: %s", rule->name, rule->text);
	say(line);
	for (u32 i = 0; i < rule->fields; i++) {
		u32 place = place_of(rule->field[i]);

		format(line, sizeof(line), "  %s = %lx", entry_field_name(place), s->value[place]);
		say(line);
	}
	panic("VM entry would be refused: %s", rule->name);
}

// Once a field is not there, it is not asked for again: the emulator logs each such VMREAD.
static void read_fields(struct entry_state *s)
{
	static bool absent[ENTRY_FIELD_COUNT];

	for (u32 i = 0; i < ENTRY_FIELD_COUNT; i++)
		if (!absent[i] && !vmread_safe(entry_field_encoding(i), &s->value[i])) {
			absent[i] = true;
			s->value[i] = 0;
		}
}

void entry_check(struct cpu *c)
{
	struct entry_cpu *e = &known[c->number];
	struct entry_state s = { .cpu = e };
	u32 refused;

	if (!e->address_bits)
		read_cpu(c, e);
	read_fields(&s);
	refused = entry_refused(&s, 0);
	if (refused < entry_rule_count)
		refuse(&s, &entry_rules[refused]);
}
