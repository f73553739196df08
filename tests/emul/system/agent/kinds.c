// SPDX-License-Identifier: MIT
// Every kind of store against every kind of protection: what the rules allow must look as if there
// were none, what they deny must leave no trace.
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/scenarios.h"
#include "tests/emul/system/agent/stores.h"

#define PLACE 704 // in the canvas: the middle of a tile, and a multiple of 64

static struct result reference, seen;

typedef void (*trial)(const struct store *s, u8 *target);

static void each_store(trial t)
{
	for (const struct store *s = stores; s < stores_end; s++) {
		if (!store_available(s))
			continue;
		canvas_fill();
		store_run(s, canvas() + PLACE, &reference);
		canvas_fill();
		t(s, canvas() + PLACE);
		CHECK(call_clean_up(), "%s: clean-up", s->name);
	}
}

// The first of the bytes that it writes, and the one behind the last.
static u8 *first(const struct store *s, u8 *target)
{
	return target + s->first;
}

static u8 *end(const struct store *s, u8 *target)
{
	return first(s, target) + s->size;
}

// Twice without any protection: else the comparisons below mean nothing.
static void undisturbed(const struct store *s, u8 *target)
{
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
	for (u8 *at = first(s, target); at < end(s, target); at++)
		if (*at != seen.memory[at - canvas()])
			fail("%s: memory changes by itself", s->name);
}

void stores_undisturbed(void)
{
	each_store(undisturbed);
}

static void all_denied(const struct store *s, u8 *target)
{
	protect(TESSERA_ACTION_DENY, first(s, target), s->size);
	store_run(s, target, &seen);
	expect_denied(s, &seen, first(s, target), s->size);
}

void stores_denied(void)
{
	each_store(all_denied);
}

// The tiles next to those that it writes are closed.
static void beside_closed(const struct store *s, u8 *target)
{
	u64 low = ALIGN_DOWN((u64)(s->flags & STORE_WIDE ? target : first(s, target)), TILE);
	u64 high = ALIGN_UP((u64)end(s, target), TILE);

	protect(TESSERA_ACTION_DENY, (u8 *)low - TILE, TILE);
	if (!(s->flags & STORE_WIDE))
		protect(TESSERA_ACTION_DENY, (u8 *)high, TILE);
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
}

void stores_beside_closed_tiles(void)
{
	each_store(beside_closed);
}

// The bytes next to those that it writes are protected.
static void shared(const struct store *s, u8 *target)
{
	protect(TESSERA_ACTION_DENY, first(s, target) - 1, 1);
	if (!(s->flags & STORE_WIDE))
		protect(TESSERA_ACTION_DENY, end(s, target), 1);
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
}

void stores_in_shared_tile(void)
{
	each_store(shared);
}

static void one_byte(const struct store *s, u8 *target)
{
	u8 *last = end(s, target) - 1;

	protect(TESSERA_ACTION_DENY, last, 1);
	store_run(s, target, &seen);
	if (store_is_silent(&reference, last, 1) && seen.probe.vector == NO_FAULT)
		expect_like(s, &seen, &reference);
	else
		expect_denied(s, &seen, last, 1);
}

void stores_denied_by_one_byte(void)
{
	each_store(one_byte);
}

// The memory of the reference with some of its bytes as they were.
static void take_back(const u8 *start, u64 size)
{
	canvas_fill();
	for (const u8 *at = start; at < start + size; at++)
		reference.memory[at - canvas()] = *at;
}

static void discarded(const struct store *s, u8 *target)
{
	take_back(first(s, target), s->size);
	protect(TESSERA_ACTION_DISCARD, first(s, target), s->size);
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
}

void stores_discarded(void)
{
	each_store(discarded);
}

static void discarded_in_part(const struct store *s, u8 *target)
{
	u8 *middle = first(s, target) + s->size / 2;

	take_back(middle, 1);
	protect(TESSERA_ACTION_DISCARD, middle, 1);
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
}

void stores_discarded_in_part(void)
{
	each_store(discarded_in_part);
}

static void audited(const struct store *s, u8 *target)
{
	protect(TESSERA_ACTION_AUDIT, first(s, target), s->size);
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
}

void stores_audited(void)
{
	each_store(audited);
}
