// SPDX-License-Identifier: MIT
// REP strings into closed memory: they stop at the first byte that is closed, RCX, RSI and RDI tell
// how far they came, and they go on when it is opened (34, 62).
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/scenarios.h"

static u8 from[PAGE_SIZE] __attribute__((aligned(4096)));

static void rep_movsb(void)
{
	__asm__ volatile("rep movsb" ::: "memory");
}

static void rep_movsq(void)
{
	__asm__ volatile("rep movsq" ::: "memory");
}

static void rep_stosd(void)
{
	__asm__ volatile("rep stosl" ::: "memory");
}

#define RFLAGS_DF BIT(10)

static const struct shape {
	const char *name;
	code code;
	u32 width;
	bool moves;
} shapes[] = {
	{ "rep movsb", rep_movsb, 1, true },
	{ "rep movsq", rep_movsq, 8, true },
	{ "rep stosd", rep_stosd, 4, false },
};

static struct probe start(const struct shape *s, u8 *to, u64 bytes, bool down)
{
	struct probe p = probe_of(s->code);
	u64 last = bytes - s->width;

	p.gpr[RCX] = bytes / s->width;
	p.gpr[RDI] = (u64)to + (down ? last : 0);
	p.gpr[RSI] = (u64)from + (down ? last : 0);
	p.gpr[RAX] = 0x77777777;
	p.rflags |= down ? RFLAGS_DF : 0;
	return p;
}

// The string stopped where `left` bytes were still to do.
static void expect_progress(const struct shape *s, const struct probe *p, const struct probe *began,
			    u64 left, bool down)
{
	u64 done = (began->gpr[RCX] - left / s->width) * s->width;
	u64 moved = down ? -done : done;

	CHECK(probe_denied(p), "%s: vector %u", s->name, p->vector);
	same("RCX", p->gpr[RCX], left / s->width);
	same("RDI", p->gpr[RDI], began->gpr[RDI] + moved);
	same("RSI", p->gpr[RSI], began->gpr[RSI] + (s->moves ? moved : 0));
}

// Over a whole page in which every other tile is closed, opening the tile each time that it stops.
static void over_page(const struct shape *s, bool down)
{
	u32 map = 0x55555555;
	struct probe p, began = start(s, page(4), PAGE_SIZE, down);

	pattern_fill(page(4), PAGE_SIZE, 9);
	access_set_one(page(4), map);
	p = began;
	for (u32 stop = 0; stop < TILES / 2; stop++) {
		u32 tile = down ? TILES - 1 - 2 * stop : 1 + 2 * stop;
		u64 left = down ? (tile + 1) * TILE : PAGE_SIZE - tile * TILE;

		probe_run(&p);
		expect_progress(s, &p, &began, left, down);
		CHECK(page(4)[tile * TILE] == pattern_byte(tile * TILE, 9), "%s wrote", s->name);
		map |= 1U << tile;
		access_set_one(page(4), map);
		p.vector = NO_FAULT;
		p.rflags = began.rflags;
	}
	probe_run(&p);
	CHECK(p.vector == NO_FAULT && p.gpr[RCX] == 0, "%s did not end", s->name);
	for (u32 i = 0; i < PAGE_SIZE; i++)
		same("byte", page(4)[i], s->moves ? from[i] : 0x77);
}

void strings_up(void)
{
	pattern_fill(from, PAGE_SIZE, 99);
	for (u32 i = 0; i < ARRAY_SIZE(shapes); i++)
		over_page(&shapes[i], false);
}

void strings_down(void)
{
	pattern_fill(from, PAGE_SIZE, 99);
	for (u32 i = 0; i < ARRAY_SIZE(shapes); i++)
		over_page(&shapes[i], true);
}

// One byte in the middle of a page is denied; its tile is shared.
void strings_stop_at_a_byte(void)
{
	const u64 at = 0x9a1;
	struct probe p, began = start(&shapes[0], page(4), PAGE_SIZE, false);

	pattern_fill(from, PAGE_SIZE, 99);
	pattern_fill(page(4), PAGE_SIZE, 9);
	protect(TESSERA_ACTION_DENY, page(4) + at, 1);
	p = began;
	probe_run(&p);
	expect_progress(&shapes[0], &p, &began, PAGE_SIZE - at, false);
	for (u32 i = 0; i < PAGE_SIZE; i++)
		same("byte", page(4)[i], i < at ? from[i] : pattern_byte(i, 9));
}

// Every iteration into an audited range is one write that met the rule.
void strings_are_audited_by_iteration(void)
{
	const u32 count = 1000, beside = 20;
	struct probe p = start(&shapes[2], page(4), (count + beside) * 4, false);
	struct tessera_rule before, after;

	pattern_fill(page(4), 2 * PAGE_SIZE, 9);
	protect(TESSERA_ACTION_AUDIT, page(4), count * 4);
	rule_get(rule_for(TESSERA_ACTION_AUDIT), &before);
	probe_run(&p);
	rule_get(rule_for(TESSERA_ACTION_AUDIT), &after);
	CHECK(p.vector == NO_FAULT && p.gpr[RCX] == 0, "vector %u, RCX 0x%lx", p.vector,
	      p.gpr[RCX]);
	same("audited writes", after.writes - before.writes, count);
	for (u32 i = 0; i < (count + beside) * 4; i++)
		same("byte", page(4)[i], 0x77);
	same("byte behind", page(4)[(count + beside) * 4], pattern_byte((count + beside) * 4, 9));
}

// The string goes on as if it had written.
void strings_are_discarded(void)
{
	struct probe p = start(&shapes[0], page(4), PAGE_SIZE, false);

	pattern_fill(from, PAGE_SIZE, 99);
	pattern_fill(page(4), PAGE_SIZE, 9);
	protect(TESSERA_ACTION_DISCARD, page(4) + 100, 200);
	probe_run(&p);
	CHECK(p.vector == NO_FAULT && p.gpr[RCX] == 0, "vector %u, RCX 0x%lx", p.vector,
	      p.gpr[RCX]);
	for (u32 i = 0; i < PAGE_SIZE; i++)
		same("byte", page(4)[i], i >= 100 && i < 300 ? pattern_byte(i, 9) : from[i]);
}
