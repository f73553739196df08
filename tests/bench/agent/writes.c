// SPDX-License-Identifier: MIT
// Stores to protected pages. What a plain store and, for the denied ones, a #GP that is skipped in
// the same way cost is measured too: the native figures.
#include "tests/bench/agent/call.h"
#include "tests/bench/agent/measure.h"
#include "tests/bench/agent/out.h"
#include "tests/bench/agent/parts.h"
#include "tests/bench/agent/trap.h"

#define NOT_CANONICAL ((u8 *)BIT(63))

static u8 *target;
static u8 value;

// The two bytes that skip.asm skips: mov [rdi], al. Each store changes what is there.
static void store(void)
{
	__asm__ volatile("movb %%al, (%%rdi)" ::"a"(++value), "D"(target) : "memory");
}

// Two bytes as well, but not one that Tessera carries out itself: it is stepped.
static void change(void)
{
	__asm__ volatile("notb (%%rdi)" ::"D"(target) : "memory");
}

// A page of the arena, and what of it is protected.
struct page {
	enum tessera_action action;
	u32 length; // from the page's first byte
};

enum page_number { PAGE_DENY, PAGE_AUDIT, PAGE_DISCARD, PAGE_SHARED, PAGE_WHOLE };

static const struct page pages[] = {
	[PAGE_DENY] = { TESSERA_ACTION_DENY, TESSERA_TILE_SIZE },
	[PAGE_AUDIT] = { TESSERA_ACTION_AUDIT, TESSERA_TILE_SIZE },
	[PAGE_DISCARD] = { TESSERA_ACTION_DISCARD, TESSERA_TILE_SIZE },
	[PAGE_SHARED] = { TESSERA_ACTION_DENY, TESSERA_TILE_SIZE / 2 },
	[PAGE_WHOLE] = { TESSERA_ACTION_DENY, PAGE_SIZE },
};

struct write {
	const char *name;
	enum page_number page;
	u32 offset;
	bool lands;
	void (*run)(void);
};

static const struct write on_hardware[] = {
	{ "write_open_tile", PAGE_DENY, 5 * TESSERA_TILE_SIZE, true, store },
	{ "write_denied", PAGE_DENY, 0, false, store },
	{ "write_audit", PAGE_AUDIT, 0, true, store },
	{ "write_discard", PAGE_DISCARD, 0, false, store },
	{ "write_shared_tile", PAGE_SHARED, TESSERA_TILE_SIZE - 1, true, store },
	{ "write_whole_page", PAGE_WHOLE, 0, false, store },
	{ "write_step_audit", PAGE_AUDIT, 0, true, change },
	{ "write_step_shared_tile", PAGE_SHARED, TESSERA_TILE_SIZE - 1, true, change },
};

static const struct write in_software[] = {
	{ "write_software_allowed", PAGE_DENY, 5 * TESSERA_TILE_SIZE, true, store },
	{ "write_software_denied", PAGE_DENY, 0, false, store },
	{ "write_step_software", PAGE_DENY, 5 * TESSERA_TILE_SIZE, true, change },
};

static void measure_write(const struct write *w)
{
	const struct operation o = { .name = w->name, .run = w->run };
	u8 before;

	target = (u8 *)ARENA_GPA + w->page * PAGE_SIZE + w->offset;
	before = *target;
	value = before;
	measure(&o);
	if ((*(volatile u8 *)target != before) != w->lands)
		out("wrong: %s did %s memory", w->name, w->lands ? "not change" : "change");
}

static void measure_fault(void)
{
	static const struct operation o = { .name = "fault", .run = store };

	target = NOT_CANONICAL;
	measure(&o);
}

static void measure_plain(void)
{
	static const struct operation o = { .name = "store", .run = store };

	target = (u8 *)ARENA_GPA;
	measure(&o);
}

static s64 rule_for(enum tessera_action action)
{
	struct tessera_rule rule = { .action = action, .name = "bench" };
	struct answer a;

	if (action == TESSERA_ACTION_DENY)
		return TESSERA_RULE_DENY;
	rule.name[0] += action; // each name once
	a = call(TESSERA_CALL_RULE_CREATE, (u64)&rule, 0, 0);
	return a.error ? a.error : (s64)a.value;
}

static void protect(u64 gpa, const struct page *p)
{
	s64 rule = rule_for(p->action), error = rule;

	if (rule >= 0)
		error = call(TESSERA_CALL_PROTECT, (u64)rule, gpa, p->length).error;
	if (error < 0)
		out("wrong: protecting 0x%lx answers %ld", gpa, error);
}

void measure_writes(void)
{
	u64 engine;

	trap_install();
	measure_plain();
	measure_fault();
	if (!under_tessera)
		return;
	engine = call(TESSERA_CALL_QUERY, TESSERA_QUERY_ENGINE, 0, 0).value;
	for (u32 i = 0; i < ARRAY_SIZE(pages); i++)
		protect(ARENA_GPA + i * PAGE_SIZE, &pages[i]);
	if (engine == TESSERA_ENGINE_HARDWARE)
		for (u32 i = 0; i < ARRAY_SIZE(on_hardware); i++)
			measure_write(&on_hardware[i]);
	else
		for (u32 i = 0; i < ARRAY_SIZE(in_software); i++)
			measure_write(&in_software[i]);
}
