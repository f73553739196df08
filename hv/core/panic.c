// SPDX-License-Identifier: MIT
#include "hv/core/panic.h"

#include "hv/core/lock_order.h"
#include "hv/core/log.h"
#include "hv/core/operator.h"
#include "hv/core/power_off.h"
#include "hv/core/run_on.h"
#include "hv/core/vcpu.h"
#include "hv/core/vm.h"
#include "hv/lib/format.h"
#include "hv/lib/lock.h"
#include "hv/x86/insn.h"
#include "hv/x86/io.h"

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

	// Resets any machine: a fault without a valid IDT.
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

static void say_on_console(const char *text)
{
	operator_say(text);
}

static void say_line(const char *text)
{
	say_on_console(text);
	say_on_console("\r\n");
}

static void log_text(const char *text)
{
	log_error("%s", text);
}

void machine_triple_fault(struct cpu *c)
{
	say_on_console("\r\n");
	say_line("tessera: the guest shut itself down (triple fault); the machine is reset now");
	vcpu_report(c, say_line);
	log_error("the guest shut itself down (triple fault)"); // to be read after the reset
	vcpu_report(c, log_text);
	machine_reset();
}

// The console's CPU continues to serve the operator; the others sleep. A shootdown does not wait
// for a parked CPU, which never enters the guest again.
static void stay_parked(struct cpu *c)
{
	unblock_nmis(); // an NMI may have led here; another one brings requests of the console
	for (;;) {
		run_on_execute(c);
		if (operator_is_served_by(c))
			operator_poll();
		else
			halt();
		pause();
	}
}

// The console may wait for this CPU, and other CPUs for the pages of its step.
static void let_go(struct cpu *c)
{
	__atomic_store_n(&c->state, CPU_PARKED, __ATOMIC_SEQ_CST);
	__atomic_store_n(&c->run_on.done, true, __ATOMIC_RELEASE);
	vcpu_abandon_step(c);
}

void cpu_park(struct cpu *c, const char *what)
{
	lock_order_only(c, 0);
	let_go(c);
	log_error("cpu %u is parked: %s", c->number, what);
	vcpu_report(c, log_text);
	log_error("please send us this report and the output of `log`");
	stay_parked(c);
	__builtin_unreachable();
}

#define TURN_SECONDS 1 // for the report of another CPU

static void wait_for_turn(void)
{
	static struct lock turn;
	u64 since = rdtsc();

	while (!lock_try(&turn) && !ticks_passed(since, TURN_SECONDS * boot->tsc_hz))
		pause();
	operator_seize_line();
}

// The console shows the log, unless this is its own CPU.
static void last_words(struct cpu *c)
{
	vcpu_report(c, log_text);
	if (operator_is_served_by(c))
		vcpu_report(c, say_line);
	log_error("please send us this report and the output of `log`");
}

// Does what the config says. Returns if this CPU has to stop.
static void follow_panic(struct cpu *c, u32 depth)
{
	if (boot->panic == BOOT_PANIC_REBOOT) {
		say_line("tessera: the machine is reset now. Please send us these lines.");
		machine_reset();
	}
	if (boot->panic == BOOT_PANIC_DEVIRTUALIZE && depth == 1) {
		say_line("tessera: devirtualizing. Please send us these lines.");
		operator_release_line();
		vcpu_devirtualize_after_panic(c);
	}
}

void assert_failed(const char *what)
{
	panic("%s", what);
}

// Handling a panic may panic again. The second panic is still printed in full; the third prints
// only its format, since formatting itself may have failed; after that nothing is printed.
void panic(const char *text, ...)
{
	static u32 depths[BOOT_CPUS_MAX];
	u32 depth = ++depths[cpu_number()];
	struct cpu *c = vm0.cpus ? cpu_this() : NULL;
	char line[160];
	va_list list;

	if (depth == 1 && c)
		wait_for_turn();
	if (depth <= 3)
		say_on_console(depth == 1 ? "\r\ntessera: PANIC: "
					  : "\r\ntessera: PANIC inside a panic: ");
	if (depth <= 2) {
		va_start(list, text);
		format_list(line, sizeof(line), text, list);
		va_end(list);
		log_error("PANIC: %s", line);
		text = line;
	}
	if (depth <= 3)
		say_line(text);
	if (c && depth == 1) {
		let_go(c);
		last_words(c);
	}
	if (c && depth <= 3)
		follow_panic(c, depth);
	if (depth <= 3)
		say_line("tessera: this CPU stops. Reset the machine, and send us these "
			 "lines.");
	operator_release_line();
	for (;;)
		halt();
}
