// SPDX-License-Identifier: MIT
#include "hv/console.h"

#include "hv/events.h"
#include "hv/log.h"
#include "hv/shell_state.h"
#include "hv/uart.h"
#include "hv/vm.h"
#include "vmx/ops.h"

#define UART_PORTS 8

// Looks a second: while there is traffic, a 16-byte FIFO at 115200 baud must not overflow (11520
// bytes a second); a quiet line is looked at just often enough that typing feels immediate.
#define POLLS_BUSY   1000
#define POLLS_IDLE   50
#define BUSY_SECONDS 2

// Event lines in one look; more would flood line and log, and are summed up.
#define EVENT_LINES 4

static struct uart uart;
static struct shell shell;
static bool open;
static u32 shift; // of the preemption timer against the TSC
static u64 busy_until;
static u32 events_shown;

void console_init(u32 timer_shift)
{
	shift = timer_shift;
	open = boot->uart_port && uart_init(&uart, boot->uart_port, boot->uart_baud);
	if (open)
		shell_init(&shell, &uart.tty, boot->tsc_hz);
}

bool console_ports(u16 *first, u16 *last)
{
	*first = boot->uart_port;
	*last = boot->uart_port + UART_PORTS - 1;
	return open;
}

static void show_event(const struct tessera_event *e)
{
	static const char *const verbs[TESSERA_ACTION_COUNT] = {
		[TESSERA_ACTION_AUDIT] = "audited",
		[TESSERA_ACTION_DISCARD] = "discarded",
		[TESSERA_ACTION_DENY] = "denied",
		[TESSERA_ACTION_FREEZE] = "frozen",
	};
	const struct rule *r = rule_get(&vm0.policy.rules, e->rule);

	log_warn("%s write: gpa 0x%lx gva 0x%lx rip 0x%lx rule %s", verbs[e->action], e->gpa,
		 e->gva, e->rip, r ? r->name : "(gone)");
}

static void show_events(void)
{
	u32 last = events_last(), waiting = last - events_shown;
	struct tessera_event e;

	if (!waiting)
		return;
	for (u32 i = 0; i < MIN(waiting, (u32)EVENT_LINES); i++)
		if (events_get(events_shown + 1 + i, &e))
			show_event(&e);
	if (waiting > EVENT_LINES)
		log_warn("and %u more writes", waiting - EVENT_LINES);
	events_shown = last;
}

u64 console_poll(void)
{
	u64 now = rdtsc(), hz = boot->tsc_hz;

	show_events();
	agent_ring_feed(vm0.cpu[0]);
	if (open && shell_poll(&shell))
		busy_until = now + BUSY_SECONDS * hz;
	return hz / (now < busy_until ? POLLS_BUSY : POLLS_IDLE) >> shift;
}

void console_emergency(const char *text)
{
	for (; open && *text; text++)
		uart_put_blocking(&uart, *text);
}
