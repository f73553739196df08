// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdio.h>

#include "lib/tessera.h"
#include "tools/interrupt.h"
#include "tools/json.h"
#include "tools/run.h"
#include "tools/say.h"

#define AT_ONCE 64 // records in one read

static void event_text(const struct tessera_event *e)
{
	printf("%u %s gpa 0x%" PRIx64 " gva 0x%" PRIx64 " rip 0x%" PRIx64 " cpl %u cpu %u rule %u",
	       e->sequence, tessera_action_name(e->action), e->gpa, e->gva, e->rip,
	       e->info & TESSERA_EVENT_CPL, e->cpu, e->rule);
	if (e->action == TESSERA_ACTION_AUDIT)
		printf(" 0x%016" PRIx64 " -> 0x%016" PRIx64, e->before, e->after);
	printf("\n");
}

static void event_json(const struct tessera_event *e)
{
	struct json j = json_begin(stdout);

	json_number(&j, "sequence", e->sequence);
	json_text(&j, "action", tessera_action_name(e->action));
	json_number(&j, "rule", e->rule);
	json_number(&j, "cpu", e->cpu);
	json_number(&j, "cpl", e->info & TESSERA_EVENT_CPL);
	json_bool(&j, "delivery", e->info & TESSERA_EVENT_DELIVERY);
	json_number(&j, "tsc", e->tsc);
	json_address(&j, "gpa", e->gpa);
	json_address(&j, "gva", e->gva);
	json_address(&j, "rip", e->rip);
	json_address(&j, "cr3", (uint64_t)e->cr3_page << 12);
	json_number(&j, "size", e->size);
	if (e->action == TESSERA_ACTION_AUDIT) {
		json_address(&j, "before", e->before);
		json_address(&j, "after", e->after);
	}
	json_end(&j);
}

// Prints what comes until it ends, or with `follow` for ever.
static int print_all(int fd, bool json, bool follow)
{
	struct tessera_event events[AT_ONCE];
	int got;

	do {
		got = tessera_read_events(fd, events, AT_ONCE, follow ? -1 : 0);
		for (int i = 0; i < got; i++)
			(json ? event_json : event_text)(&events[i]);
	} while (got > 0 && flushed(DONE) == DONE);
	if (got < 0)
		return interrupted() ? DONE : refused("events");
	return got ? REFUSED : DONE; // our reader is gone, or the stream has ended
}

static void say_lost(int fd)
{
	struct tessera_events state;

	if (tessera_get_events(fd, &state) == 0 && (state.missed || state.dropped))
		say("%" PRIu64 " events were missed: overwritten before they were read; %" PRIu64
		    " were dropped: the ring was full, or they came too fast",
		    (uint64_t)state.missed, (uint64_t)state.dropped);
}

int run_events(int fd, const struct options *o)
{
	int status;

	if (!o->of[OPTION_new].given && tessera_rewind_events(fd))
		return refused("events");
	interrupt_catch();
	status = print_all(fd, o->of[OPTION_json].given, o->of[OPTION_follow].given);
	say_lost(fd);
	return status;
}
