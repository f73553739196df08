// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "attack.h"

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "tessera/call.h"

#define OBJECTS TESSERA_TILES_PER_PAGE
#define WORDS   (TESSERA_TILE_SIZE / sizeof(u64))
#define VICTIM  13

// How often the neighbours are written, and how often that is tried until nothing interferes: an
// exit that the stores caused would be there each time.
#define ROUNDS 200
#define TRIES  100

static struct kmem_cache *cache;
static void *taken[4 * OBJECTS]; // so many that one page is filled by them alone
static u64 *objects[OBJECTS];    // those of that page
static struct page *page;

static void *page_of(void *object)
{
	return (void *)((unsigned long)object & PAGE_MASK);
}

// Finds a page that we have all objects of.
static bool choose(void *candidate)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(taken); i++)
		if (taken[i] && page_of(taken[i]) == candidate)
			objects[found++] = taken[i];
	return found == OBJECTS;
}

void slab_take(void)
{
	unsigned int i = 0;

	// The flag keeps the cache apart from others of this size.
	cache = kmem_cache_create("tessera_attack", TESSERA_TILE_SIZE, TESSERA_TILE_SIZE,
				  SLAB_NOLEAKTRACE, NULL);
	if (!cache)
		return;
	for (i = 0; i < ARRAY_SIZE(taken); i++)
		taken[i] = kmem_cache_zalloc(cache, GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(taken) && !choose(page_of(taken[i])); i++)
		;
	page = virt_to_page(objects[0]);
	if (i < ARRAY_SIZE(taken))
		say("slab object 0x%px\n", objects[VICTIM]);
}

static u64 exits(void)
{
	return tessera_call_query(TESSERA_QUERY_EXITS).value;
}

// Exits of this CPU between the two answers, less the one that the second question is.
static u64 write_neighbours(void)
{
	u64 before = exits();

	for (unsigned int round = 0; round < ROUNDS; round++)
		for (unsigned int i = 0; i < OBJECTS; i++)
			if (i != VICTIM)
				WRITE_ONCE(objects[i][round % WORDS], round);
	return exits() - before - 1;
}

static long write_alone(void *arg)
{
	u64 *least = arg;
	unsigned long flags;

	local_irq_save(flags);
	for (unsigned int i = 0; i < TRIES && *least; i++)
		*least = min(*least, write_neighbours());
	local_irq_restore(flags);
	return 0;
}

static unsigned int wrong_words(void)
{
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < OBJECTS; i++)
		for (unsigned int round = ROUNDS - WORDS; round < ROUNDS; round++)
			wrong += i != VICTIM && objects[i][round % WORDS] != round;
	return wrong;
}

void slab_write(void)
{
	u64 least = U64_MAX;

	if (tessera_call_query(TESSERA_QUERY_ENGINE).value == TESSERA_ENGINE_HARDWARE)
		work_on_cpu(cpumask_last(cpu_online_mask), write_alone, &least);
	else
		least = write_neighbours();
	say("neighbours: %u stores, %llu exits, %u wrong\n", ROUNDS * (OBJECTS - 1), least,
	    wrong_words());
	say("victim: %s\n", store_word(objects[VICTIM], 1) ? "stored" : "refused");
}

// All objects go, the protected one too: what the allocator writes into it has to be allowed.
void slab_drop(void)
{
	if (!cache)
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(taken); i++)
		if (taken[i])
			kmem_cache_free(cache, taken[i]);
	kmem_cache_destroy(cache);
	cache = NULL;
}

// Somebody's page has a count; one that the page allocator has got back has none.
void slab_look(void)
{
	say("page: %d\n", page_ref_count(page));
}
