// SPDX-License-Identifier: MIT
// events: prints the writes that met a rule, as the driver's stream delivers them.
#include <inttypes.h>
#include <stdio.h>

#include "lib/tessera.h"
#include "tools/interrupt.h"
#include "tools/json.h"
#include "tools/kernel_symbols.h"
#include "tools/rule_names.h"
#include "tools/run.h"
#include "tools/messages.h"

#define AT_ONCE 64 // records in one read

struct printer {
	int fd;
	bool json, follow, numeric;
};

static void print_address(const struct printer *p, const char *name, uint64_t address)
{
	char symbol[SYMBOL_TEXT_SIZE];

	printf(" %s 0x%" PRIx64, name, address);
	if (!p->numeric && kernel_symbol_text(address, symbol))
		printf(" <%s>", symbol);
}

static void event_text(const struct printer *p, const struct tessera_event *e)
{
	const char *rule = p->numeric ? "" : rule_name(p->fd, e->rule);

	printf("%u %s gpa 0x%" PRIx64, e->sequence, tessera_action_name(e->action), e->gpa);
	print_address(p, "gva", e->gva);
	print_address(p, "rip", e->rip);
	printf(" cpl %u cpu %u", e->info & TESSERA_EVENT_CPL, e->cpu);
	if (*rule)
		printf(" rule %s", rule);
	else
		printf(" rule %u", e->rule);
	if (e->action == TESSERA_ACTION_AUDIT)
		printf(" 0x%016" PRIx64 " -> 0x%016" PRIx64, e->before, e->after);
	printf("\n");
}

static void json_symbol(const struct printer *p, struct json *j, const char *name, uint64_t address)
{
	char symbol[SYMBOL_TEXT_SIZE];

	if (!p->numeric && kernel_symbol_text(address, symbol))
		json_text(j, name, symbol);
}

static void event_json(const struct printer *p, const struct tessera_event *e)
{
	struct json j = json_begin(stdout);

	json_number(&j, "sequence", e->sequence);
	json_text(&j, "action", tessera_action_name(e->action));
	json_number(&j, "rule", e->rule);
	if (!p->numeric)
		json_text(&j, "rule_name", rule_name(p->fd, e->rule));
	json_number(&j, "cpu", e->cpu);
	json_number(&j, "cpl", e->info & TESSERA_EVENT_CPL);
	json_bool(&j, "delivery", e->info & TESSERA_EVENT_DELIVERY);
	json_number(&j, "tsc", e->tsc);
	json_address(&j, "gpa", e->gpa);
	json_address(&j, "gva", e->gva);
	json_symbol(p, &j, "gva_symbol", e->gva);
	json_address(&j, "rip", e->rip);
	json_symbol(p, &j, "rip_symbol", e->rip);
	json_address(&j, "cr3", (uint64_t)e->cr3_page << 12);
	json_number(&j, "size", e->size);
	if (e->action == TESSERA_ACTION_AUDIT) {
		json_address(&j, "before", e->before);
		json_address(&j, "after", e->after);
	}
	json_end(&j);
}

// Prints events until there are no more, or with --follow until the stream ends.
static int print_events(const struct printer *p)
{
	struct tessera_event events[AT_ONCE];
	int got;

	do {
		got = tessera_read_events(p->fd, events, AT_ONCE, p->follow ? -1 : 0);
		for (int i = 0; i < got; i++)
			(p->json ? event_json : event_text)(p, &events[i]);
	} while (got > 0 && flush_output(DONE) == DONE);
	if (got < 0)
		return interrupt_seen() ? DONE : report_refusal("events");
	return got ? REFUSED : DONE; // REFUSED: the reader of our output is gone
}

static void report_missed(int fd)
{
	struct tessera_events state;

	if (tessera_get_events(fd, &state) == 0 && (state.missed || state.dropped))
		report_error("%" PRIu64
			     " events were missed: overwritten before they were read; %" PRIu64
			     " were dropped: the ring was full, or they came too fast",
			     (uint64_t)state.missed, (uint64_t)state.dropped);
}

int run_events(int fd, const struct options *o)
{
	const struct printer p = { .fd = fd,
				   .json = o->of[OPTION_json].given,
				   .follow = o->of[OPTION_follow].given,
				   .numeric = o->of[OPTION_numeric].given };
	int status;

	if (!o->of[OPTION_new].given && tessera_rewind_events(fd))
		return report_refusal("events");
	interrupt_catch();
	status = print_events(&p);
	report_missed(fd);
	return status;
}
