// SPDX-License-Identifier: MIT
// A ring of bytes over a buffer whose size is a power of two. One CPU at a time.
#ifndef HV_LIB_RING_H
#define HV_LIB_RING_H

#include "hv/lib/types.h"

struct ring {
	u8 *bytes;
	u32 size;
	u32 head, tail; // count up and wrap freely; head - tail bytes are waiting
};

static inline u32 ring_used(const struct ring *r)
{
	return r->head - r->tail;
}

static inline u32 ring_room(const struct ring *r)
{
	return r->size - ring_used(r);
}

// False if the ring is full; the byte is then not stored.
static inline bool ring_put(struct ring *r, u8 byte)
{
	if (!ring_room(r))
		return false;
	r->bytes[r->head++ & (r->size - 1)] = byte;
	return true;
}

// The next byte, or -1 if the ring is empty. The byte stays in the ring.
static inline s32 ring_peek(const struct ring *r)
{
	return ring_used(r) ? r->bytes[r->tail & (r->size - 1)] : -1;
}

static inline s32 ring_get(struct ring *r)
{
	s32 byte = ring_peek(r);

	if (byte >= 0)
		r->tail++;
	return byte;
}

static inline void ring_clear(struct ring *r)
{
	r->tail = r->head;
}

#endif
