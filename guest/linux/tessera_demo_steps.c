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
#define WORDS (TESSERA_TILE_SIZE / sizeof(u64)) // in a tile

// The 31 neighbours are written RUNS x ROUNDS times each.
#define RUNS      50
#define ROUNDS    20
#define TRIES_MAX 100

// One fact of the demonstration, told to whoever reads the kernel log.
#define tell(d, fact, ...)                              \
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

static u64 ask(enum tessera_query what)
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
	int error;

	memset(d->page, 0x5a, PAGE_SIZE);
	error = tessera_protect(TESSERA_RULE_DENY, tile_address(d), TESSERA_TILE_SIZE);
	d->protected = !error;
	tell(d, !error, "tile %u of the page at 0x%llx is protected: 128 bytes at 0x%llx (%d)\n",
	     DEMO_TILE, (u64)virt_to_phys(d->page), (u64)tile_address(d), error);
	tell(d, map_is(d, ~(1U << DEMO_TILE)), "the access map says: every tile is open but %u\n",
	     DEMO_TILE);
}

// How many exits the processor took, and how often a run had to be repeated.
struct count {
	struct tessera_demo *demo;
	u64 cpuid;
	u64 exits;
	unsigned int repeated;
};

// Exits of this processor between the two answers, less the one that the second question itself is.
static u64 exits_of(void (*work)(struct tessera_demo *d, unsigned int run), struct tessera_demo *d,
		    unsigned int run)
{
	u64 before = ask(TESSERA_QUERY_EXITS);

	work(d, run);
	return ask(TESSERA_QUERY_EXITS) - before - 1;
}

static void one_cpuid(struct tessera_demo *d, unsigned int run)
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

// Pinned to one processor, interrupts off, so that whatever exits it counts belongs to the stores.
// One thing does come in between: the hypervisor looks at its console on processor 0, up to 1000
// times a second, which is an exit too. On another processor nothing does; where there is only
// processor 0, a run is so short that most fall between two looks, and the others are repeated. An
// exit that a store caused would be there in every run.
static long count_exits(void *arg)
{
	struct count *c = arg;
	unsigned long flags;

	local_irq_save(flags);
	c->cpuid = exits_of(one_cpuid, c->demo, 0);
	for (unsigned int run = 0; run < RUNS; run++) {
		u64 exits = exits_of(write_neighbours, c->demo, run);

		for (unsigned int i = 0; exits && i < TRIES_MAX; i++, c->repeated++)
			exits = exits_of(write_neighbours, c->demo, run);
		c->exits += exits;
	}
	local_irq_restore(flags);
	return 0;
}

// The software engine takes two exits for each store to a mixed page: one run shows the price.
static long count_exits_once(void *arg)
{
	struct count *c = arg;
	unsigned long flags;

	local_irq_save(flags);
	c->exits = exits_of(write_neighbours, c->demo, RUNS - 1);
	local_irq_restore(flags);
	return 0;
}

// Whether each word of each neighbour holds what the last run's last round over it wrote.
static bool neighbours_written(struct tessera_demo *d)
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
	struct count c = { .demo = d };
	int cpu = cpumask_last(cpu_online_mask);

	if (ask(TESSERA_QUERY_ENGINE) == TESSERA_ENGINE_HARDWARE) {
		work_on_cpu(cpu, count_exits, &c);
		tell(d, c.cpuid >= 1, "the exit counter counts: a CPUID on processor %d is %llu\n",
		     cpu, c.cpuid);
		tell(d, c.exits == 0,
		     "%u stores to each of 31 neighbours on processor %d: %llu exits (%u of %u "
		     "runs "
		     "repeated)\n",
		     RUNS * ROUNDS, cpu, c.exits, c.repeated, RUNS);
	} else {
		work_on_cpu(cpu, count_exits_once, &c);
		tell(d, c.exits >= ROUNDS * (TILES - 1),
		     "%u stores to each of 31 neighbours on processor %d: %llu exits, for the "
		     "software engine judges them\n",
		     ROUNDS, cpu, c.exits);
	}
	tell(d, neighbours_written(d), "all 31 neighbours hold what was written\n");
}

// The store's #GP is answered from the kernel's exception table, as for an access to user memory:
// the next instruction is skipped, and the demonstration lives on.
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
	u64 denied = ask(TESSERA_QUERY_DENIED);

	if (!before) {
		tell(d, false, "no memory to keep a copy of the page\n");
		return;
	}
	tell(d, store_refused(word_at(d, DEMO_TILE, 0), 0xbad),
	     "a store to the tile's first bytes is refused with #GP\n");
	tell(d, store_refused(word_at(d, DEMO_TILE, WORDS - 1), 0xbad),
	     "a store to its last bytes is refused with #GP\n");
	tell(d, exchange_refused(word_at(d, DEMO_TILE, 1), 0xbad),
	     "an atomic exchange in it is refused with #GP\n");
	tell(d, memcmp(before, d->page, PAGE_SIZE) == 0, "not one byte of the page changed\n");
	tell(d, ask(TESSERA_QUERY_DENIED) == denied + 3,
	     "the hypervisor counted 3 denied writes\n");
	kfree(before);
}

struct victim {
	struct tessera_demo *demo;
	struct completion started;
	bool survived;
};

static int write_without_care(void *arg)
{
	struct victim *v = arg;

	complete(&v->started);
	WRITE_ONCE(*word_at(v->demo, DEMO_TILE, 0), 0xbad);
	v->survived = true;
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

// What a bug or an attack meets that is not prepared: Linux reports a general protection fault with
// the instruction and the address, ends the thread, and lives on.
static void step_oops(struct tessera_demo *d)
{
	struct victim v = { .demo = d };
	u64 value = *word_at(d, DEMO_TILE, 0);
	struct task_struct *thread = kthread_create(write_without_care, &v, "tessera-victim");

	if (IS_ERR(thread)) {
		tell(d, false, "no thread (%ld)\n", PTR_ERR(thread));
		return;
	}
	// The thread may be dead when it is asked to stop: hold what kthread_stop() looks at. And
	// one that is asked to stop before it starts would not run at all.
	get_task_struct(thread);
	init_completion(&v.started);
	wake_up_process(thread);
	wait_for_completion(&v.started);
	kthread_stop(thread);
	put_task_struct(thread);
	tell(d, !v.survived && *word_at(d, DEMO_TILE, 0) == value,
	     "a thread that wrote without care is gone, and the tile is as it was\n");
}

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
	tell(d, !d->protected && map_is(d, ~0U), "the tile is open again\n");
	tell(d, !store_refused(word, 0x900d) && *word == 0x900d, "a store to it succeeds\n");
}

// clang-format off
const struct tessera_demo_step tessera_demo_steps[] = {
	{ "protect",    step_protect,    false },
	{ "neighbours", step_neighbours, true },
	{ "deny",       step_deny,       true },
	{ "oops",       step_oops,       true },
	{ "open",       step_open,       true },
};
// clang-format on
const unsigned int tessera_demo_step_count = ARRAY_SIZE(tessera_demo_steps);
