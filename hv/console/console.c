// SPDX-License-Identifier: MIT
#include "hv/console/console.h"

#include "hv/console/commands.h"
#include "hv/console/shell/state.h"
#include "hv/console/uart.h"
#include "hv/core/event.h"
#include "hv/core/log.h"
#include "hv/core/operator.h"
#include "hv/core/vm.h"
#include "hv/x86/insn.h"

// Polls a second. With traffic, a 16-byte FIFO at 115200 baud (11520 bytes a second) must not
// overflow; a quiet line is polled just often enough that typing feels immediate.
#define POLLS_BUSY 1000
#define POLLS_IDLE 20
#define BUSY_PART  4 // of a second: pauses within a paste are shorter

// Event lines a second; further events are only counted, so that they do not flood line and log.
#define EVENT_LINES 4

// Of a second: the time in which the console's CPU must release the line.
#define POLL_ENDS 100

static struct uart uart;
static struct shell shell;
static bool polling, seized; // the line has one speaker at a time
static bool open;
static u32 shift; // of the preemption timer against the TSC
static u64 busy_since;
static bool busy;
static u32 events_shown;

void console_init(u32 timer_shift)
{
	shift = timer_shift;
	open = boot->uart_port && uart_init(&uart, boot->uart_port, boot->uart_baud);
	if (open)
		shell_init(&shell, &uart.tty, boot->tsc_hz);
}

bool operator_is_there(void)
{
	return open;
}

bool operator_is_served_by(const struct cpu *c)
{
	return c->number == 0;
}

bool console_ports(u16 *first, u16 *last)
{
	*first = boot->uart_port;
	*last = boot->uart_port + BOOT_UART_PORTS - 1;
	return open;
}

static void show_event(const struct tessera_event *e)
{
	char name[TESSERA_NAME_SIZE];

	lock_take(&vm0.policy.lock);
	rule_name(&vm0.policy, e->rule, name);
	lock_drop(&vm0.policy.lock);
	log_warn("%s write: gpa 0x%lx gva 0x%lx rip 0x%lx rule %s", event_verb(e->action), e->gpa,
		 e->gva, e->rip, name);
}

static void show_events(void)
{
	static u64 second_began;
	static u32 lines; // in this second
	u32 last = events_last();
	struct tessera_event e;

	for (; lines < EVENT_LINES && events_shown != last; lines++)
		if (events_get(++events_shown, &e))
			show_event(&e);
	if (!ticks_passed(second_began, boot->tsc_hz))
		return;
	if (events_shown != last)
		log_warn("and %u more writes: see `events`", last - events_shown);
	events_shown = last;
	lines = 0;
	second_began = rdtsc();
}

// The guest or the firmware may have changed the UART: says so, but not each time.
static void check_line(void)
{
	static u32 seen;
	static u64 count;

	if (uart.changes != seen && log_is_due(&count))
		log_error("the console's UART was moved or set anew, and not by Tessera (%lu "
			  "times): input up to now is dropped",
			  count);
	seen = uart.changes;
}

static bool poll_shell(void)
{
	bool more = false;

	__atomic_store_n(&polling, true, __ATOMIC_SEQ_CST);
	if (open && !__atomic_load_n(&seized, __ATOMIC_SEQ_CST))
		more = shell_poll(&shell);
	check_line();
	__atomic_store_n(&polling, false, __ATOMIC_SEQ_CST);
	return more;
}

u64 operator_poll(void)
{
	u64 hz = boot->tsc_hz;

	show_events();
	agent_ring_feed(vm0.cpu[0]);
	if (poll_shell()) {
		busy = true;
		busy_since = rdtsc();
	} else if (busy) {
		busy = !ticks_passed(busy_since, hz / BUSY_PART);
	}
	return hz / (busy ? POLLS_BUSY : POLLS_IDLE) >> shift;
}

void operator_seize_line(void)
{
	u64 since = rdtsc();

	__atomic_store_n(&seized, true, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&polling, __ATOMIC_SEQ_CST) && cpu_number() != 0 &&
	       !ticks_passed(since, boot->tsc_hz / POLL_ENDS))
		pause();
}

void operator_release_line(void)
{
	__atomic_store_n(&seized, false, __ATOMIC_SEQ_CST);
}

void operator_say(const char *text)
{
	for (; open && *text; text++)
		uart_put_blocking(&uart, *text);
}
