// SPDX-License-Identifier: MIT
#include "hv/machine.h"

#include "hv/acpi.h"
#include "hv/ask.h"
#include "hv/console.h"
#include "hv/format.h"
#include "hv/io.h"
#include "hv/log.h"
#include "hv/report.h"
#include "hv/vm.h"
#include "vmx/ops.h"
#include "vmx/stepping.h"
#include "vmx/vmx.h"

#define PORT_RESET           0xcf9
#define RESET_HARD           0x06
#define RESET_PREPARE        0x02
#define PORT_KEYBOARD        0x64
#define KEYBOARD_PULSE_RESET 0xfe

void machine_reset(void)
{
	struct descriptor_table none = { 0 };

	outb(PORT_RESET, RESET_PREPARE);
	outb(PORT_RESET, RESET_HARD);
	outb(PORT_KEYBOARD, KEYBOARD_PULSE_RESET);

	// What resets every machine: a fault without an IDT to take it.
	lidt(&none);
	__asm__ volatile("int3");
	for (;;)
		halt();
}

#define PM1_TYPE_SHIFT 10
#define PM1_TYPE_MASK  (7U << PM1_TYPE_SHIFT)
#define PM1_SLEEP      (1U << 13)

static void sleep_at(u16 port, u32 type)
{
	u32 control = (inw(port) & ~PM1_TYPE_MASK) | (type << PM1_TYPE_SHIFT & PM1_TYPE_MASK);

	outw(port, (u16)control);
	outw(port, (u16)(control | PM1_SLEEP));
}

void machine_off(const struct acpi_off *off)
{
	u64 began = rdtsc();

	for (u32 i = 0; i < ARRAY_SIZE(off->port); i++)
		if (off->port[i])
			sleep_at(off->port[i], off->type[i]);
	while (!ticks_passed(began, boot->tsc_hz))
		pause();
}

static void say(const char *text)
{
	console_emergency(text);
}

static void say_line(const char *text)
{
	say(text);
	say("\r\n");
}

static void log_text(const char *text)
{
	log_error("%s", text);
}

void machine_triple_fault(struct cpu *c)
{
	say("\r\n");
	say_line("tessera: the guest shut itself down (triple fault); the machine is reset now");
	report_cpu(c, say_line);
	log_error("the guest shut itself down (triple fault)"); // to be read after the reset
	report_cpu(c, log_text);
	machine_reset();
}

// The console's processor goes on serving the operator; the others sleep. All still take part in
// shoot-downs, having nothing to invalidate.
static void parked(struct cpu *c)
{
	for (;;) {
		ask_answer(c);
		if (c->number == 0)
			console_poll();
		else
			halt();
		pause();
	}
}

void cpu_park(struct cpu *c, const char *what)
{
	if (c->step.active)
		step_abandon(c); // others may wait for its pages
	__atomic_store_n(&c->state, CPU_PARKED, __ATOMIC_SEQ_CST);
	log_error("cpu %u is parked: %s", c->number, what);
	report_cpu(c, log_text);
	log_error("please send this report and the output of 'log' to the Tessera project");
	parked(c);
	__builtin_unreachable();
}

void panic(const char *text, ...)
{
	static u32 entered;
	char line[160];
	va_list list;

	// A panic inside this one gets here again and prints at least that it happened.
	if (__atomic_fetch_add(&entered, 1, __ATOMIC_SEQ_CST) > 1)
		say("\r\ntessera: PANIC inside a panic\r\n");
	va_start(list, text);
	format_list(line, sizeof(line), text, list);
	va_end(list);
	say("\r\ntessera: PANIC: ");
	say(line);
	log_error("PANIC: %s", line);
	if (boot && boot->panic == BOOT_PANIC_REBOOT) {
		say("\r\ntessera: the machine is reset now. Please send us these lines.\r\n");
		machine_reset();
	}
	say("\r\ntessera: this processor stops. Reset the machine, and send us these lines.\r\n");
	__atomic_store_n(&cpu_this()->state, CPU_PARKED, __ATOMIC_SEQ_CST);
	for (;;)
		halt();
}
