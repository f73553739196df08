// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) "tessera-demo: " fmt

#include "tessera_demo.h"

#include <asm/asm.h>
#include <asm/processor.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "tessera.h"

#define TILES TESSERA_TILES_PER_PAGE
#define WORDS (TESSERA_TILE_SIZE / sizeof(u64)) /* in a tile */

/* Each of the 31 neighbours is written RUNS x ROUNDS times. */
#define RUNS      50
#define ROUNDS    20
#define TRIES_MAX 100
#define STORES    "%u stores to each of 31 neighbours on CPU %d: "

/* Prints a fact of the demonstration to the kernel log, and counts it. */
#define report_fact(d, fact, ...)                       \
	do {                                            \
		if (fact) {                             \
			(d)->ok++;                      \
			pr_notice("ok: " __VA_ARGS__);  \
		} else {                                \
			(d)->failed++;                  \
			pr_err("FAILED: " __VA_ARGS__); \
		}                                       \
	} while (0)

static u64 *word_at(struct tessera_demo *d, unsigned int tile, unsigned int word)
{
	return (u64 *)(d->page + tile * TESSERA_TILE_SIZE) + word;
}

static phys_addr_t tile_address(struct tessera_demo *d)
{
	return virt_to_phys(word_at(d, DEMO_TILE, 0));
}

static u64 query_number(enum tessera_query what)
{
	u64 value;

	tessera_query(what, &value);
	return value;
}

static bool map_is(struct tessera_demo *d, u32 wanted)
{
	u32 map = 0;

	return !tessera_access_get(virt_to_phys(d->page), 1, &map) && map == wanted;
}

static void step_protect(struct tessera_demo *d)
{
	int err;

	memset(d->page, 0x5a, PAGE_SIZE);
	err = tessera_protect(TESSERA_RULE_DENY, tile_address(d), TESSERA_TILE_SIZE);
	d->protected = !err;
	report_fact(d, !err,
		    "tile %u of the page at 0x%llx is protected: 128 bytes at 0x%llx (%d)\n",
		    DEMO_TILE, (u64)virt_to_phys(d->page), (u64)tile_address(d), err);
	report_fact(d, map_is(d, ~(1U << DEMO_TILE)),
		    "the access map says: every tile is open but %u\n", DEMO_TILE);
}

/*
 * @cpuid: exits that one CPUID instruction caused
 * @exits: exits that the stores caused
 * @repeated: how often a run was repeated
 */
struct exit_count {
	struct tessera_demo *demo;
	u64 cpuid;
	u64 exits;
	unsigned int repeated;
};

/* Exits of this CPU while work() runs. The second query is an exit too, and not counted. */
static u64 exits_of(void (*work)(struct tessera_demo *d, unsigned int run), struct tessera_demo *d,
		    unsigned int run)
{
	u64 before = query_number(TESSERA_QUERY_EXITS);

	work(d, run);
	return query_number(TESSERA_QUERY_EXITS) - before - 1;
}

static void run_cpuid(struct tessera_demo *d, unsigned int run)
{
	cpuid_eax(0);
}

static u64 value_of(unsigned int run, unsigned int round)
{
	return (u64)run << 32 | round;
}

static void write_neighbours(struct tessera_demo *d, unsigned int run)
{
	for (unsigned int round = 0; round < ROUNDS; round++)
		for (unsigned int tile = 0; tile < TILES; tile++)
			if (tile != DEMO_TILE)
				WRITE_ONCE(*word_at(d, tile, round % WORDS), value_of(run, round));
}

/*
 * Runs on one CPU with interrupts off, so that only the stores can cause exits. There is one
 * exception: on CPU 0 the hypervisor polls its console up to 1000 times a second, and each poll is
 * an exit. If there is only CPU 0, runs with an exit are repeated: most runs are short enough to
 * fall between two polls, while an exit that a store caused would occur in every run.
 */
static long count_exits_of_runs(void *arg)
{
	struct exit_count *c = arg;
	unsigned long flags;

	local_irq_save(flags);
	c->cpuid = exits_of(run_cpuid, c->demo, 0);
	for (unsigned int run = 0; run < RUNS; run++) {
		u64 exits = exits_of(write_neighbours, c->demo, run);

		for (unsigned int i = 0; exits && i < TRIES_MAX; i++, c->repeated++)
			exits = exits_of(write_neighbours, c->demo, run);
		c->exits += exits;
	}
	local_irq_restore(flags);
	return 0;
}

/* With the software engine each store to the page costs two exits: one run shows that. */
static long count_exits_of_round(void *arg)
{
	struct exit_count *c = arg;
	unsigned long flags;

	local_irq_save(flags);
	c->exits = exits_of(write_neighbours, c->demo, RUNS - 1);
	local_irq_restore(flags);
	return 0;
}

/* True if each word of each neighbour holds what the last run wrote last. */
static bool neighbours_are_written(struct tessera_demo *d)
{
	for (unsigned int tile = 0; tile < TILES; tile++)
		for (unsigned int round = ROUNDS - WORDS; round < ROUNDS; round++)
			if (tile != DEMO_TILE &&
			    *word_at(d, tile, round % WORDS) != value_of(RUNS - 1, round))
				return false;
	return true;
}

static void step_neighbours(struct tessera_demo *d)
{
	struct exit_count c = { .demo = d };
	int cpu = cpumask_last(cpu_online_mask);

	if (query_number(TESSERA_QUERY_ENGINE) == TESSERA_ENGINE_HARDWARE) {
		work_on_cpu(cpu, count_exits_of_runs, &c);
		report_fact(d, c.cpuid >= 1, "the exit counter counts: a CPUID on CPU %d is %llu\n",
			    cpu, c.cpuid);
		report_fact(d, c.exits == 0, STORES "%llu exits (%u of %u runs repeated)\n",
			    RUNS * ROUNDS, cpu, c.exits, c.repeated, RUNS);
	} else {
		work_on_cpu(cpu, count_exits_of_round, &c);
		report_fact(d, c.exits >= ROUNDS * (TILES - 1),
			    STORES "%llu exits of the software engine\n", ROUNDS, cpu, c.exits);
	}
	report_fact(d, neighbours_are_written(d), "all 31 neighbours hold what was written\n");
}

/*
 * Stores a word. The exception table catches the #GP of a denied store, as it does for accesses to
 * user memory: the instruction after the store is skipped.
 */
static bool store_refused(u64 *where, u64 value)
{
	bool refused = true;

	asm volatile("1:	movq %[value], %[where]\n"
		     "	movb $0, %[refused]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : [refused] "+q"(refused), [where] "+m"(*where)
		     : [value] "r"(value));
	return refused;
}

static bool exchange_refused(u64 *where, u64 value)
{
	bool refused = true;

	asm volatile("1:	xchgq %[value], %[where]\n"
		     "	movb $0, %[refused]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : [refused] "+q"(refused), [where] "+m"(*where), [value] "+r"(value));
	return refused;
}

static void step_deny(struct tessera_demo *d)
{
	u8 *before = kmemdup(d->page, PAGE_SIZE, GFP_KERNEL);
	u64 denied = query_number(TESSERA_QUERY_BLOCKED);

	if (!before) {
		report_fact(d, false, "no memory to keep a copy of the page\n");
		return;
	}
	report_fact(d, store_refused(word_at(d, DEMO_TILE, 0), 0xbad),
		    "a store to the tile's first bytes is refused with #GP\n");
	report_fact(d, store_refused(word_at(d, DEMO_TILE, WORDS - 1), 0xbad),
		    "a store to its last bytes is refused with #GP\n");
	report_fact(d, exchange_refused(word_at(d, DEMO_TILE, 1), 0xbad),
		    "an atomic exchange in it is refused with #GP\n");
	report_fact(d, memcmp(before, d->page, PAGE_SIZE) == 0,
		    "not one byte of the page changed\n");
	report_fact(d, query_number(TESSERA_QUERY_BLOCKED) == denied + 3,
		    "the hypervisor counted 3 denied writes\n");
	kfree(before);
}

struct oops_victim {
	struct tessera_demo *demo;
	struct completion started;
	bool survived;
};

static int store_without_fixup(void *arg)
{
	struct oops_victim *v = arg;

	complete(&v->started);
	WRITE_ONCE(*word_at(v->demo, DEMO_TILE, 0), 0xbad);
	v->survived = true;
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

/*
 * A thread stores without an entry in the exception table, as a bug or an attack does. Linux
 * reports the general protection fault with instruction and address, and ends the thread.
 */
static void step_oops(struct tessera_demo *d)
{
	struct oops_victim v = { .demo = d };
	u64 value = *word_at(d, DEMO_TILE, 0);
	struct task_struct *thread = kthread_create(store_without_fixup, &v, "tessera-victim");

	if (IS_ERR(thread)) {
		report_fact(d, false, "no thread (%ld)\n", PTR_ERR(thread));
		return;
	}
	/*
	 * kthread_stop() needs the task, which may have ended before. And a thread that is stopped
	 * before it starts never runs.
	 */
	get_task_struct(thread);
	init_completion(&v.started);
	wake_up_process(thread);
	wait_for_completion(&v.started);
	kthread_stop(thread);
	put_task_struct(thread);
	report_fact(d, !v.survived && *word_at(d, DEMO_TILE, 0) == value,
		    "a thread that wrote without care is gone, and the tile is as it was\n");
}

/**
 * tessera_demo_open() - unprotect the tile, if it is protected
 * @d: the demonstration
 *
 * Context: Any context.
 */
void tessera_demo_open(struct tessera_demo *d)
{
	if (d->protected)
		d->protected =
			!!tessera_unprotect(TESSERA_RULE_DENY, tile_address(d), TESSERA_TILE_SIZE);
}

static void step_open(struct tessera_demo *d)
{
	u64 *word = word_at(d, DEMO_TILE, 0);

	tessera_demo_open(d);
	report_fact(d, !d->protected && map_is(d, ~0U), "the tile is open again\n");
	report_fact(d, !store_refused(word, 0x900d) && *word == 0x900d, "a store to it succeeds\n");
}

/* The steps in the order in which they make sense. */
// clang-format off
const struct tessera_demo_step tessera_demo_steps[] = {
	{ "protect",    step_protect,    false },
	{ "neighbours", step_neighbours, true },
	{ "deny",       step_deny,       true },
	{ "oops",       step_oops,       true },
	{ "open",       step_open,       true },
};

// clang-format on

/* Number of steps. */
const unsigned int tessera_demo_step_count = ARRAY_SIZE(tessera_demo_steps);
