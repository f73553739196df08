// SPDX-License-Identifier: MIT
#include "tessera/call.h"

uint64_t gpa_of(const void *address);

#define PAGES 4

static union {
	struct tessera_ring header;
	uint8_t bytes[PAGES * 4096];
} ring __attribute__((aligned(4096)));

int64_t events_start(void)
{
	return tessera_call(TESSERA_CALL_EVENTS_START, gpa_of(&ring), PAGES, 0, 0, 0).error;
}

// Passes each new event to `see` and makes room for further ones. Returns the number of events that
// have been dropped so far. There may be one reader at a time.
uint64_t events_read(void (*see)(const struct tessera_event *event))
{
	const struct tessera_event *places = (const void *)(&ring.header + 1);
	uint64_t head = __atomic_load_n(&ring.header.head, __ATOMIC_ACQUIRE);
	uint64_t tail = ring.header.tail;

	while (tail != head) {
		struct tessera_event event = places[tail % ring.header.records];

		// The event is copied: Tessera may reuse its place.
		__atomic_store_n(&ring.header.tail, ++tail, __ATOMIC_RELEASE);
		see(&event);
	}
	return __atomic_load_n(&ring.header.dropped, __ATOMIC_RELAXED);
}

int64_t events_stop(void)
{
	return tessera_call(TESSERA_CALL_EVENTS_STOP, 0, 0, 0, 0, 0).error;
}
