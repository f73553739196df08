// SPDX-License-Identifier: MIT
// Stores over the border of two tiles or two pages (29 to 32).
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"
#include "tests/emul/system/agent/stores.h"

static struct result reference, seen;

#define TILE_BORDER 0x480 // in the canvas, between tiles 8 and 9
#define BEFORE      (1U << 8)
#define BEHIND      (1U << 9)

// What can be put anywhere, and over any border.
static bool fits(const struct store *s)
{
	return store_available(s) && s->size > 1 && s->size <= 64 && s->first == 0 &&
	       !(s->flags & STORE_IN_PARTS);
}

static bool needs_alignment(const struct store *s)
{
	u8 *odd = canvas() + 1;

	store_run(s, odd, &seen);
	return seen.probe.vector == V_GP;
}

// Runs t for each store with its middle on the border.
static void over(u32 border, void (*t)(const struct store *s, u8 *target, u8 *at))
{
	for (const struct store *s = stores; s < stores_end; s++) {
		u8 *target = canvas() + border - s->size / 2;

		if (!fits(s) || needs_alignment(s))
			continue;
		canvas_fill();
		store_run(s, target, &reference);
		canvas_fill();
		t(s, target, canvas() + border);
		CHECK(call_clean_up(), "%s: clean-up", s->name);
	}
}

static void first_closed(const struct store *s, u8 *target, u8 *at)
{
	access_set_one(canvas(), ~BEFORE);
	store_run(s, target, &seen);
	expect_denied(s, &seen, target, (u64)(at - target));
}

void crossing_from_a_closed_tile(void)
{
	over(TILE_BORDER, first_closed);
}

static void second_closed(const struct store *s, u8 *target, u8 *at)
{
	(void)target;
	u64 behind = (u64)(target + s->size - at);

	access_set_one(canvas(), ~BEHIND);
	store_run(s, target, &seen);
	if (store_is_silent(&reference, at, behind) && seen.probe.vector == NO_FAULT)
		expect_like(s, &seen, &reference);
	else
		expect_denied(s, &seen, at, behind);
}

// The emulator judges a store by its first byte's tile alone (5.3 of the reference, point 1).
// Where it enforces tiles itself, all that can be shown is that it still does so.
static void emulator_lets_through(const struct store *s, u8 *target, u8 *at)
{
	(void)at;
	access_set_one(canvas(), ~BEHIND);
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
}

void crossing_into_a_closed_tile(void)
{
	over(TILE_BORDER, hardware_engine() ? emulator_lets_through : second_closed);
}

static void both_open(const struct store *s, u8 *target, u8 *at)
{
	(void)at;
	access_set_one(canvas(), BEFORE | BEHIND);
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
}

void crossing_two_open_tiles(void)
{
	over(TILE_BORDER, both_open);
}

static void second_page_closed(const struct store *s, u8 *target, u8 *at)
{
	access_set_one(canvas() + PAGE_SIZE, ~1U);
	store_run(s, target, &seen);
	expect_denied(s, &seen, at, (u64)(target + s->size - at));
}

static void first_page_closed(const struct store *s, u8 *target, u8 *at)
{
	access_set_one(canvas(), ~(1U << 31));
	store_run(s, target, &seen);
	expect_denied(s, &seen, target, (u64)(at - target));
}

static void other_tiles_closed(const struct store *s, u8 *target, u8 *at)
{
	(void)at;
	access_set_one(canvas(), 1U << 31);
	access_set_one(canvas() + PAGE_SIZE, 1U);
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
}

// The step has to open both pages.
static void both_shared(const struct store *s, u8 *target, u8 *at)
{
	(void)at;
	protect(TESSERA_ACTION_DENY, target - 1, 1);
	protect(TESSERA_ACTION_DENY, target + s->size, 1);
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
}

static void both_audited(const struct store *s, u8 *target, u8 *at)
{
	(void)at;
	protect(TESSERA_ACTION_AUDIT, target, s->size);
	store_run(s, target, &seen);
	expect_like(s, &seen, &reference);
}

void crossing_into_a_closed_page(void)
{
	over(PAGE_SIZE, second_page_closed);
}

void crossing_from_a_closed_page(void)
{
	over(PAGE_SIZE, first_page_closed);
}

void crossing_two_open_pages(void)
{
	over(PAGE_SIZE, other_tiles_closed);
}

void crossing_two_shared_pages(void)
{
	over(PAGE_SIZE, both_shared);
	over(PAGE_SIZE, both_audited);
}

// One page has no rule at all. What is denied is found behind the first byte that faults.
static void last_byte_denied(const struct store *s, u8 *target, u8 *at)
{
	u8 *last = target + s->size - 1;

	if (at == last) // its page's first byte: denied before anything is written
		return;
	protect(TESSERA_ACTION_DENY, last, 1);
	store_run(s, target, &seen);
	if (store_is_silent(&reference, last, 1) && seen.probe.vector == NO_FAULT)
		expect_like(s, &seen, &reference);
	else
		expect_denied(s, &seen, last, 1);
}

static void second_byte_denied(const struct store *s, u8 *target, u8 *at)
{
	if (at == target + 1)
		return;
	protect(TESSERA_ACTION_DENY, target + 1, 1);
	store_run(s, target, &seen);
	if (store_is_silent(&reference, target + 1, 1) && seen.probe.vector == NO_FAULT)
		expect_like(s, &seen, &reference);
	else
		expect_denied(s, &seen, target + 1, 1);
}

void crossing_with_one_page_free(void)
{
	over(PAGE_SIZE, last_byte_denied);
	over(PAGE_SIZE, second_byte_denied);
}

// A device's registers behind an audited page: a step must not make a copy of them.
void crossing_into_a_device(void)
{
	u8 *linear = window_map(60, gpa_of(page(40)), PTE_P | PTE_W);
	u8 *last = page(40) + PAGE_SIZE - 4;

	window_map(61, APIC_BASE, PTE_P | PTE_W);
	protect(TESSERA_ACTION_AUDIT, last, 4);
	CHECK(!denied64(linear + PAGE_SIZE - 4, 0x1122334455667788), "denied");
	same("the part in memory", *(u32 *)last, 0x55667788);
}

// Neighbours on both sides of the borders of a page and of 2 MiB have maps of their own (23).
void maps_do_not_mix(void)
{
	static const u32 pages[] = { 0, 1, 510, 511, 512, 513, 1022, 1023 };

	for (u32 i = 0; i < ARRAY_SIZE(pages); i++)
		access_set_one(page(pages[i]), 1U << i);
	for (u32 i = 0; i < ARRAY_SIZE(pages); i++)
		for (u32 tile = 0; tile < TILES; tile++)
			CHECK(denied8(page(pages[i]) + tile * TILE, 1) == (tile != i),
			      "page %u tile %u", pages[i], tile);
}
