// SPDX-License-Identifier: MIT
#include "tests/bench/agent/measure.h"

#include "tests/bench/agent/call.h"
#include "tests/bench/agent/clock.h"
#include "tests/bench/agent/out.h"

// Odd, for the median. The first runs fill tables and translations, and the console's timer gets
// in the way of a few.
#define RUNS 65

enum counter { TICKS, EXITS, VMREADS, VMWRITES, COUNTERS };

struct counters {
	u64 value[COUNTERS];
};

bool under_tessera;

static u64 run_on(enum tessera_query what)
{
	return under_tessera ? call(TESSERA_CALL_QUERY, what, 0, 0).value : 0;
}

static struct counters run_once(void (*run)(void))
{
	struct counters c;
	u64 start;

	c.value[EXITS] = run_on(TESSERA_QUERY_EXITS);
	c.value[VMREADS] = run_on(TESSERA_QUERY_VMREADS);
	c.value[VMWRITES] = run_on(TESSERA_QUERY_VMWRITES);
	start = clock_now();
	run();
	c.value[TICKS] = clock_now() - start;
	c.value[EXITS] = run_on(TESSERA_QUERY_EXITS) - c.value[EXITS];
	c.value[VMREADS] = run_on(TESSERA_QUERY_VMREADS) - c.value[VMREADS];
	c.value[VMWRITES] = run_on(TESSERA_QUERY_VMWRITES) - c.value[VMWRITES];
	return c;
}

static u64 median(u64 *sample)
{
	for (u32 i = 1; i < RUNS; i++)
		for (u32 j = i; j && sample[j] < sample[j - 1]; j--) {
			u64 larger = sample[j - 1];

			sample[j - 1] = sample[j];
			sample[j] = larger;
		}
	return sample[RUNS / 2];
}

static struct counters run_often(const struct operation *o)
{
	static u64 sample[COUNTERS][RUNS];
	struct counters c;

	for (u32 i = 0; i < RUNS; i++) {
		if (o->before)
			o->before();
		c = run_once(o->run);
		if (o->after)
			o->after();
		for (u32 k = 0; k < COUNTERS; k++)
			sample[k][i] = c.value[k];
	}
	for (u32 k = 0; k < COUNTERS; k++)
		c.value[k] = median(sample[k]);
	return c;
}

static void nothing(void)
{
}

void measure(const struct operation *o)
{
	static const struct operation empty = { .run = nothing };
	struct counters base = run_often(&empty), c = run_often(o);

	for (u32 k = 0; k < COUNTERS; k++)
		c.value[k] -= base.value[k];
	out("figure %s ticks %lu exits %lu vmreads %lu vmwrites %lu", o->name, c.value[TICKS],
	    c.value[EXITS], c.value[VMREADS], c.value[VMWRITES]);
}
