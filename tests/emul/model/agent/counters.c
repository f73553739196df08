// SPDX-License-Identifier: MIT
#include "tests/emul/model/agent/counters.h"

#include "tests/emul/model/agent/policy.h"

// Where they are in their page. The split one begins in a closed tile and ends in an open one.
enum counter { SHARED, AUDITED, OPEN, SPLIT, DISCARDING, COUNTERS };

static const u32 places[COUNTERS] = {
	[SHARED] = 0x10, [AUDITED] = 0x108, [OPEN] = 0x280, [SPLIT] = 0x47c, [DISCARDING] = 0x610,
};

static u64 sums[CPUS_MAX][COUNTERS];
static u64 start[COUNTERS];
static u64 audited; // the counter after the last event
static u32 additions[CPUS_MAX], events;

static u64 *counter(enum counter c)
{
	return (u64 *)(game_memory + COUNTER_PAGE * PAGE_SIZE + places[c]);
}

void counters_begin(struct player *p)
{
	const u32 at = COUNTER_PAGE * PAGE_SIZE;

	for (u32 c = 0; c < COUNTERS; c++)
		start[c] = *counter(c);
	for (u32 n = 0; n < CPUS_MAX; n++) {
		additions[n] = 0;
		for (u32 c = 0; c < COUNTERS; c++)
			sums[n][c] = 0;
	}
	audited = start[AUDITED];
	events = 0;
	policy_protect(p, &common, TESSERA_ACTION_DENY, at + places[SHARED] + 8, 3);
	policy_protect(p, &common, TESSERA_ACTION_AUDIT, at + places[AUDITED], 8);
	policy_protect(p, &common, TESSERA_ACTION_DENY, at + places[SPLIT] - 8, 1);
	policy_protect(p, &common, TESSERA_ACTION_DISCARD, at + places[DISCARDING] - 5, 5);
}

static void compare_and_exchange(u64 *to, u64 value)
{
	u64 old = *to;

	while (!__atomic_compare_exchange_n(to, &old, old + value, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_SEQ_CST))
		;
}

static void add(struct player *p, enum counter c, u64 value)
{
	u64 *to = counter(c);

	p->stores++;
	sums[p->number][c] += value;
	additions[p->number] += c == AUDITED;
	switch (c == AUDITED ? 0 : below(p, 3)) {
	case 0:
		__asm__ volatile("lock addq %1, %0" : "+m"(*to) : "r"(value) : "cc", "memory");
		break;
	case 1:
		__asm__ volatile("lock xaddq %1, %0" : "+m"(*to), "+r"(value)::"cc", "memory");
		break;
	default:
		compare_and_exchange(to, value);
	}
}

void counters_add(struct player *p)
{
	p->doing = "an addition to a counter";
	add(p, below(p, COUNTERS), chance(p) | 1);
}

// Each event begins where the last one ended: nobody came between.
void counters_event(struct player *p, const struct tessera_event *e)
{
	expect(p, "the gpa of a counter's event", e->gpa, gpa_of(counter(AUDITED)));
	expect(p, "the action of a counter's event", e->action, TESSERA_ACTION_AUDIT);
	expect(p, "the counter before an event", e->before, audited);
	audited = e->after;
	events++;
}

// The last addition has one more purpose: whoever feeds the ring feeds all that is there.
void counters_end(struct player *p)
{
	add(p, AUDITED, 1);
}

void counters_check(struct player *p)
{
	static const char *const names[COUNTERS] = { "shared", "audited", "open", "split",
						     "discarding" };
	u32 all = 0;

	for (u32 c = 0; c < COUNTERS; c++) {
		u64 sum = start[c];

		for (u32 n = 0; n < cpu_count; n++)
			sum += sums[n][c];
		p->doing = names[c];
		expect(p, "the counter", *counter(c), sum);
	}
	for (u32 n = 0; n < cpu_count; n++)
		all += additions[n];
	expect(p, "the number of a counter's events", events, all);
}
