// SPDX-License-Identifier: MIT
// Takes over from the firmware, then does what the host asks for on COM1, a line at a time:
// a scenario's name with numbers behind it, "off", or "reset" (by system control port A).
#include <efi.h>
#include <efilib.h>

#include "boot/cpu/mp.h"
#include "hv/lib/format.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/io.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/devirtualize_list.h"
#include "tests/emul/system/agent/scenarios.h"
#include "tests/emul/system/agent/serial.h"
#include "tests/emul/system/agent/starts.h"

#define LINE_SIZE 200

u64 argument[ARGUMENTS_MAX];

static const struct scenario {
	const char *name;
	void (*run)(void);
	u32 processors;
	bool devirtualizes; // afterwards there is nothing to clean up
} scenarios[] = {
#define SCENARIO_ENTRY(name, processors, numbers) { #name, name, processors, false },
	SCENARIOS(SCENARIO_ENTRY)
#define DEVIRTUALIZE_ENTRY(name, processors) { #name, name, processors, true },
		DEVIRTUALIZE_LIST(DEVIRTUALIZE_ENTRY)
#define START_ENTRY(name, processors) { #name, name, processors, false },
			STARTS(START_ENTRY)
};

void say(const char *text, ...)
{
	char line[LINE_SIZE];
	va_list list;

	va_start(list, text);
	format_list(line, sizeof(line), text, list);
	va_end(list);
	serial_put(line);
	serial_put("\r\n");
}

void fail(const char *text, ...)
{
	struct cpu *c = cpu_this();
	va_list list;

	va_start(list, text);
	format_list(c->complaint, sizeof(c->complaint), text, list);
	va_end(list);
	__builtin_longjmp(c->rescue, 1);
}

static void run(void *of)
{
	((const struct scenario *)of)->run();
}

static void run_scenario(const struct scenario *s)
{
	struct cpu *c = cpu_this();
	bool ok = cpu_attempt(c, run, (void *)s);

	c->hook = NULL;
	if (!cpu_all_idle())
		say("a processor still works for %s", s->name);
	if (!s->devirtualizes && tessera_present() && !call_clean_up() && ok) {
		format(c->complaint, sizeof(c->complaint), "what it protected cannot be opened");
		ok = false;
	}
	if (ok)
		say("ok %s", s->name);
	else
		say("FAIL %s: %s", s->name, c->complaint);
}

// The PC's power management, whose address the firmware chose.
static void switch_off(void)
{
	const u32 piix4_pm_base = 0x80000b40; // PCI device 0:1.3, register 0x40
	const u16 sleep_enable = 0x2000;
	u32 base;

	outl(0xcf8, piix4_pm_base);
	base = inl(0xcfc) & 0xffc0;
	outw((u16)(base + 4), sleep_enable);
	for (;;)
		halt();
}

// Splits a line at its blanks: the first word stays, numbers go to argument[].
static void read_arguments(char *line)
{
	u32 n = 0;

	memset(argument, 0, sizeof(argument));
	for (; *line && *line != ' '; line++)
		;
	while (*line && n < ARGUMENTS_MAX) {
		*line++ = 0;
		for (; *line && *line != ' '; line++)
			argument[n] = argument[n] * 10 + (u64)(*line - '0');
		n++;
	}
}

static void obey(char *line)
{
	read_arguments(line);
	if (strcmp(line, "off") == 0)
		switch_off();
	if (strcmp(line, "reset") == 0)
		outb(PORT_CONTROL_A, inb(PORT_CONTROL_A) | CONTROL_A_RESET);
	for (u32 i = 0; i < ARRAY_SIZE(scenarios); i++) {
		if (strcmp(scenarios[i].name, line) != 0)
			continue;
		if (scenarios[i].processors > cpu_count)
			say("FAIL %s: needs %u processors", line, scenarios[i].processors);
		else
			run_scenario(&scenarios[i]);
		return;
	}
	say("FAIL %s: no such scenario", line);
}

// Never goes back to the firmware, and gets onto a stack of its own.
static EFIAPI void adopt(void *of)
{
	struct cpu *c = of;

	__asm__ volatile("cli");
	cpu_take_over(c);
	__asm__ volatile("mov %0, %%rsp\n"
			 "call *%1" ::"r"(c->stack + STACK_SIZE),
			 "r"(cpu_serve), "D"(c)
			 : "memory");
}

static EFI_GUID mp_services_guid = {
	0x3fdda605, 0xa76e, 0x4f46, { 0xad, 0x29, 0x12, 0xf4, 0x53, 0x1b, 0x3d, 0x08 }
};

static void adopt_others(void)
{
	struct mp_services *mp;
	UINTN all, enabled;

	if (EFI_ERROR(BS->LocateProtocol(&mp_services_guid, NULL, (void **)&mp)) ||
	    EFI_ERROR(mp->count(mp, &all, &enabled)))
		return;
	for (UINTN i = 0; i < all && cpu_count < CPUS_MAX; i++) {
		struct mp_processor info;
		EFI_EVENT event;

		if (EFI_ERROR(mp->info(mp, i, &info)) || info.status & MP_STATUS_BSP)
			continue;
		BS->CreateEvent(0, 0, NULL, NULL, &event);
		if (!EFI_ERROR(mp->run_on(mp, adopt, i, event, 0, &cpus[cpu_count], NULL)))
			cpu_count++;
	}
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	static char line[LINE_SIZE];

	(void)image;
	ST = table;
	BS = table->BootServices;
	memory_init();
	cpu_init();
	adopt_others();
	for (u32 i = 1; i < cpu_count; i++)
		while (!cpus[i].online)
			pause();
	__asm__ volatile("cli");
	cpu_take_over(&cpus[0]);
	serial_start();
	say("agent: ready, %u processors, arena 0x%lx", cpu_count, gpa_of(arena));
	for (;;) {
		serial_line(line, sizeof(line));
		obey(line);
	}
}
