// SPDX-License-Identifier: MIT
#include "tests/emul/model/agent/record.h"

#include "tests/emul/model/agent/counters.h"

#define RING_PAGE 600 // of the arena
#define UNKNOWN   0xffffffff

static struct tessera_ring *ring;
static u64 seen;     // records
static u32 sequence; // of the last one
static u64 denied, denied_before;
static u32 cpu_numbers[CPUS_MAX]; // Tessera's numbers of our CPUs, as they turn out

static struct count {
	u64 writes, denied;
} counts[RULE_NUMBERS];

void record_begin(struct player *p)
{
	s64 error;

	ring = (struct tessera_ring *)page(RING_PAGE);
	error = call(TESSERA_CALL_EVENTS_START, gpa_of(ring), TESSERA_RING_PAGES, 0, NULL);
	expect(p, "the answer of events_start", (u64)error, TESSERA_OK);
	seen = denied = 0;
	sequence = 0;
	denied_before = query(TESSERA_QUERY_BLOCKED);
	for (u32 i = 0; i < CPUS_MAX; i++)
		cpu_numbers[i] = UNKNOWN;
}

void record_rule_begin(struct player *p, u32 rule)
{
	struct tessera_rule r;

	(void)p;
	rule_get(rule, &r);
	counts[rule] = (struct count){ .writes = r.writes, .denied = r.blocked };
}

void record_rule_check(struct player *p, u32 rule)
{
	struct tessera_rule r;

	rule_get(rule, &r);
	expect(p, "the number of writes of a rule", r.writes, counts[rule].writes);
	expect(p, "the number of denied writes of a rule", r.blocked, counts[rule].denied);
}

static void count(const struct tessera_event *e)
{
	bool denies = e->action == TESSERA_ACTION_DENY || e->action == TESSERA_ACTION_DISCARD;

	counts[e->rule % RULE_NUMBERS].writes++;
	counts[e->rule % RULE_NUMBERS].denied += denies;
	denied += denies;
}

static struct player *player_of(u32 at)
{
	u32 n = 0;

	while (n < cpu_count - 1 && !model_mine(&players[n], at))
		n++;
	return &players[n];
}

u32 record_events(void)
{
	return (u32)seen;
}

static void compare(struct player *p, const struct expected *x, const struct tessera_event *e)
{
	expect(p, "an event's gpa", e->gpa, gpa_of(game_memory) + x->at);
	expect(p, "an event's action", e->action, x->action);
	expect(p, "an event's gva", e->gva, x->gva);
	expect(p, "an event's size", e->size, x->size);
	expect(p, "an event's info", e->info, 0);
	expect(p, "an event's cr3_page", e->cr3_page, memory_root() >> PAGE_SHIFT);
	if (e->rip - x->rip >= 16)
		mismatch(p, "an event's rip is 0x%lx and the store is at 0x%lx", e->rip, x->rip);
	if (!(x->covering[e->rule / 64 % 4] & BIT(e->rule % 64)))
		mismatch(p, "an event's rule is %u, which does not %u", e->rule, e->action);
	if (x->action != TESSERA_ACTION_AUDIT)
		return;
	expect(p, "an event's old bytes", e->before & x->mine, x->before & x->mine);
	expect(p, "an event's new bytes", e->after & x->mine, x->after & x->mine);
}

static void take(const struct tessera_event *e)
{
	u32 at = (u32)(e->gpa - gpa_of(game_memory));
	struct player *p = player_of(at);

	if (sequence)
		expect(p, "an event's sequence", e->sequence, sequence + 1);
	sequence = e->sequence;
	count(e);
	if (at / PAGE_SIZE == COUNTER_PAGE) {
		counters_event(&players[0], e);
		return;
	}
	if (p->checked == p->logged)
		mismatch(p, "an event that should not be: gpa 0x%lx action %u", e->gpa, e->action);
	const struct expected *x = &p->log[p->checked++];
	p->doing = x->doing;
	p->doing_at = x->at;
	p->step = x->step;
	compare(p, x, e);
	if (cpu_numbers[p->number] == UNKNOWN)
		cpu_numbers[p->number] = e->cpu;
	expect(p, "an event's processor", e->cpu, cpu_numbers[p->number]);
}

void record_compare(struct player *p)
{
	const struct tessera_event *events = (const struct tessera_event *)(ring + 1);
	u64 head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);

	expect(p, "the number of events dropped", ring->dropped, 0);
	for (; seen < head; seen++)
		take(&events[seen % ring->records]);
	ring->tail = seen;
	for (u32 i = 0; i < cpu_count; i++)
		if (players[i].checked != players[i].logged)
			mismatch(&players[i], "an event for gpa 0x%lx of step %u did not come",
				 gpa_of(game_memory) + players[i].log[players[i].checked].at,
				 players[i].log[players[i].checked].step);
}

void record_end(struct player *p)
{
	record_compare(p);
	expect(p, "the machine's count of denied writes", query(TESSERA_QUERY_BLOCKED),
	       denied_before + denied);
	expect(p, "the answer of events_stop", (u64)call(TESSERA_CALL_EVENTS_STOP, 0, 0, 0, NULL),
	       TESSERA_OK);
}
