// SPDX-License-Identifier: MIT
// A round: every CPU plays the same number of stores, among them changes of its own rules.
// A round depends on nothing but the seed and its number, so that it can be played again alone.
#include "hv/lib/format.h"
#include "hv/lib/string.h"
#include "tests/emul/model/agent/counters.h"
#include "tests/emul/model/agent/policy.h"
#include "tests/emul/model/agent/record.h"
#include "tests/emul/model/agent/scenarios.h"
#include "tests/emul/model/agent/shots.h"

#define FIRST_PAGE    488 // of the arena: the game goes over a border of 2 MiB
#define LOGS_PAGE     0   // of the arena, up to FIRST_PAGE
#define LOG_RESERVE   64  // events of one store or string, at most
#define CHANGE_EVERY  24
#define STRING_EVERY  12
#define COUNTER_EVERY 16

_Static_assert(sizeof(struct expected) * LOG_MAX * 4 <= (FIRST_PAGE - LOGS_PAGE) * PAGE_SIZE,
	       "the logs of four processors have to fit");

u8 *game_memory;
struct player players[CPUS_MAX];
static u64 game_seed, game_round;
static u32 stores_each;
static bool lost;

// Numbers that look random: splitmix64, whose states may be as close as seeds are.
u64 chance(struct player *p)
{
	u64 z = p->random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

void mismatch(struct player *p, const char *text, ...)
{
	char what[160];
	va_list list;

	va_start(list, text);
	format_list(what, sizeof(what), text, list);
	va_end(list);
	if (!__atomic_exchange_n(&lost, true, __ATOMIC_SEQ_CST)) {
		say("model: lost: seed %lu round %lu processor %u step %u: %s at gpa 0x%lx size %u",
		    game_seed, game_round, p->number, p->step, p->doing,
		    gpa_of(game_memory) + p->doing_at, p->doing_size);
		say("model: lost: %s", what);
	}
	fail("seed %lu round %lu processor %u step %u: %s", game_seed, game_round, p->number,
	     p->step, what);
}

static void move(struct player *p)
{
	p->step++;
	if (below(p, CHANGE_EVERY) == 0)
		policy_change(p);
	else if (below(p, COUNTER_EVERY) == 0)
		counters_add(p);
	else if (below(p, STRING_EVERY) == 0)
		string_play(p);
	else
		shot_play(p);
}

static void play_job(void *of)
{
	struct player *p = of;
	bool alone = cpu_count == 1;

	while (p->stores < stores_each && !__atomic_load_n(&lost, __ATOMIC_RELAXED)) {
		if (!alone && p->logged > LOG_MAX - LOG_RESERVE)
			break;
		move(p);
		if (alone) {
			record_compare(p);
			p->logged = p->checked = 0;
		}
	}
}

static void player_begin(u32 n, u64 seed, u64 round)
{
	struct player *p = &players[n];

	memset(p, 0, sizeof(*p));
	p->number = n;
	p->seat = (n + (u32)round) % cpu_count;
	p->hardware = hardware_engine();
	p->random = (seed * 1000003 + round) * CPUS_MAX + n;
	p->log = (struct expected *)page(LOGS_PAGE) + (u64)n * LOG_MAX;
	p->doing = "the beginning";
}

static void fill_memory(struct player *p)
{
	for (u32 i = 0; i < GAME_SIZE; i += 8)
		*(u64 *)(truth + i) = chance(p);
	memcpy(game_memory, truth, GAME_SIZE);
}

// What the players' own checks may have missed: stores far away from where they were looking.
static void compare_all(struct player *p)
{
	for (u32 at = 0; at < COUNTER_PAGE * PAGE_SIZE; at++)
		if (game_memory[at] != truth[at])
			mismatch(p, "the byte at gpa 0x%lx is 0x%x and should be 0x%x at the end",
				 gpa_of(game_memory) + at, game_memory[at], truth[at]);
}

static void begin(struct player *p)
{
	game_memory = page(FIRST_PAGE);
	lost = false;
	for (u32 n = 0; n < cpu_count; n++)
		player_begin(n, game_seed, game_round);
	shots_init();
	fill_memory(p);
	record_begin(p);
	policy_begin(p);
	counters_begin(p);
}

static void end(struct player *p)
{
	p->doing = "the end";
	counters_end(p);
	compare_all(p);
	record_compare(p);
	counters_check(p);
	for (u32 n = 0; n < cpu_count; n++)
		policy_clear(p, &players[n].book);
	policy_end(p);
	record_end(p);
}

void play(void)
{
	struct player *p = &players[0];
	u32 stores = 0, denied = 0, changes = 0, skipped = 0;

	game_seed = argument[0];
	game_round = argument[1];
	stores_each = (u32)argument[2];
	begin(p);
	for (u32 n = 1; n < cpu_count; n++)
		cpu_start(n, play_job, &players[n]);
	play_job(p);
	for (u32 n = 1; n < cpu_count; n++)
		cpu_join(n);
	end(p);
	for (u32 n = 0; n < cpu_count; n++) {
		stores += players[n].stores;
		denied += players[n].denied;
		changes += players[n].changes;
		skipped += players[n].skipped;
	}
	say("model: round %lu: %u stores, %u denied, %u events, %u changes, %u skipped", game_round,
	    stores, denied, record_events(), changes, skipped);
}
