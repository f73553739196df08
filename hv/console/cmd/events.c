// SPDX-License-Identifier: MIT
// Shows the events in the ring, and new ones as they arrive.
#include "hv/console/commands.h"
#include "hv/console/shell/state.h"
#include "hv/core/event.h"
#include "hv/lib/string.h"

#define FOLLOWS_A_SECOND 20
#define MICROSECONDS     1000000

static void print_event(struct shell *s, const struct tessera_event *e)
{
	struct policy *p = &console_vm()->policy;
	u64 tick = MAX(s->tsc_hz / MICROSECONDS, 1);
	char name[TESSERA_NAME_SIZE];

	lock_take(&p->lock);
	rule_name(p, e->rule, name);
	lock_drop(&p->lock);
	shell_print(s, "%6u [%5lu.%06lu] cpu%u %s gpa 0x%lx rule %s rip 0x%lx cpl %u%s\n",
		    e->sequence, e->tsc / tick / MICROSECONDS, e->tsc / tick % MICROSECONDS, e->cpu,
		    event_verb(e->action), e->gpa, name, e->rip, e->info & TESSERA_EVENT_CPL,
		    e->info & TESSERA_EVENT_DELIVERY ? " in delivery" : "");
	if (e->size)
		shell_print(s, "       gva 0x%lx, %u bytes: 0x%016lx became 0x%016lx\n", e->gva,
			    e->size, e->before, e->after);
}

static u32 oldest_event(void)
{
	u32 last = events_last();

	return last > EVENTS_KEPT ? last - EVENTS_KEPT + 1 : 1;
}

// Prints events from `next` on while they exist and there is room. Returns the next one. A reader
// that was overtaken continues in the middle of the ring; at its oldest event it would soon be
// overtaken again.
static u32 print_events(struct shell *s, u32 next)
{
	struct tessera_event e;

	for (; next <= events_last() && shell_room(s); next++) {
		u32 kept = oldest_event();

		if (next < kept) {
			kept += EVENTS_KEPT / 2;
			shell_print(s, "[%u events were dropped: they came too fast to be shown]\n",
				    kept - next);
			next = kept;
		}
		if (!events_get(next, &e))
			break; // still being written
		print_event(s, &e);
	}
	return next;
}

static void follow_events(struct shell *s)
{
	u32 next = (u32)shell_position(s);

	if (!next)
		next = events_last() + 1;
	else if (shell_key(s))
		return;
	shell_again_later(s, print_events(s, next), s->tsc_hz / FOLLOWS_A_SECOND);
}

// Position: the next event, and in the upper half the last one at the start, so that the command
// ends.
void command_events(struct shell *s, u32 argc, const char **argv)
{
	u64 position = shell_position(s);
	u32 last = position ? position >> 32 : events_last();
	u32 next = position ? (u32)position : oldest_event();

	if (argc && strcmp(argv[0], "follow") != 0) {
		shell_usage(s);
	} else if (argc) {
		follow_events(s);
	} else {
		next = print_events(s, next);
		if (next <= last)
			shell_again(s, (u64)last << 32 | next);
	}
}

bool complete_events(u32 arg, u32 index, char *text, u32 size)
{
	return arg == 0 && shell_word("follow", index, text, size);
}
