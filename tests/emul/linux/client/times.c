// SPDX-License-Identifier: MIT
// What the driver costs, in ticks of the time stamp counter.
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>

#include "client.h"

#define CALLS  2000
#define EVENTS 1000

// Stores until there is to be room again in the ring.
#define MAKE_ROOM 100

static uint64_t time_calls(int fd)
{
	struct tessera_number_query query = { .what = TESSERA_QUERY_ABI };
	uint64_t began = __rdtsc();

	for (unsigned int i = 0; i < CALLS; i++)
		require(ioctl(fd, TESSERA_IOC_QUERY, &query) == 0);
	return (__rdtsc() - began) / CALLS;
}

// A store and the read that gets its record.
static uint64_t time_events(int fd, volatile uint64_t *word)
{
	struct tessera_event e;
	uint64_t began = __rdtsc();

	for (unsigned int i = 0; i < EVENTS; i++) {
		store(word, i);
		require(read(fd, &e, sizeof(e)) == sizeof(e));
	}
	return (__rdtsc() - began) / EVENTS;
}

// A store and the wait until the mapped ring shows it.
static uint64_t time_map(int fd, volatile uint64_t *word)
{
	const volatile struct tessera_ring *ring =
		mmap(NULL, get_events(fd).ring, PROT_READ, MAP_SHARED, fd, 0);
	uint64_t next, began;

	require(ring != MAP_FAILED);
	next = ring->head;
	began = __rdtsc();
	for (unsigned int i = 0; i < EVENTS; i++) {
		if (i % MAKE_ROOM == 0)
			require(lseek(fd, 0, SEEK_END) > 0);
		store(word, i);
		for (next++; ring->head < next;)
			_mm_pause();
	}
	return (__rdtsc() - began) / EVENTS;
}

static void times(char **arguments)
{
	int fd = open_device();
	uint32_t rule = make_rule(fd, TESSERA_ACTION_AUDIT);
	volatile uint64_t *word = new_page();
	uint32_t guard;

	(void)arguments;
	time_calls(fd);
	printf("time calls %llu\n", (unsigned long long)time_calls(fd));
	guard = guard_own(fd, rule, (void *)word, sizeof(*word));
	time_events(fd, word);
	printf("time events %llu\n", (unsigned long long)time_events(fd, word));
	printf("time map %llu\n", (unsigned long long)time_map(fd, word));
	unguard(fd, guard);
	delete_rule(fd, rule);
}

const struct command times_commands[] = { { "times", "", times }, { 0 } };
