// SPDX-License-Identifier: MIT
#include "hv/core/event.h"

static struct tessera_event ring[EVENTS_KEPT];
static u32 last;

void events_add(struct tessera_event *e)
{
	u32 sequence = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
	struct tessera_event *slot = &ring[sequence % EVENTS_KEPT];

	// Sequence 0 marks the slot as being written; the real one is stored last.
	__atomic_store_n(&slot->sequence, 0, __ATOMIC_RELEASE);
	e->sequence = 0;
	*slot = *e;
	e->sequence = sequence;
	__atomic_store_n(&slot->sequence, sequence, __ATOMIC_RELEASE);
}

u32 events_last(void)
{
	return __atomic_load_n(&last, __ATOMIC_RELAXED);
}

bool events_get(u32 sequence, struct tessera_event *e)
{
	const struct tessera_event *slot = &ring[sequence % EVENTS_KEPT];

	if (__atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE) != sequence)
		return false;
	*e = *slot;
	return __atomic_load_n(&slot->sequence, __ATOMIC_ACQUIRE) == sequence;
}
