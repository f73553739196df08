// SPDX-License-Identifier: MIT
// The examples of docs/hypercalls.md, as they stand there (guest/examples).
#include "hv/lib/string.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define PAGE 90

u64 example_gpa_of(const void *address) __asm__("gpa_of");
s64 guard(u64 gpa);
s64 close_two(u64 page, u32 *map, u64 maps);
s64 watch(u64 gpa, u64 length);
s64 guard_linear(const void *start, u64 length, u64 *hole);
s64 open_linear(const void *start, u64 length);
s64 grow(u64 gpa, u64 length, u64 more);
s64 events_start(void);
u64 events_read(void (*see)(const struct tessera_event *event));
s64 events_stop(void);
s64 claim(u64 *key);
s64 guard_for_good(u64 gpa, u64 length, u64 key);
s64 denied_writes(void);
s64 log_read(u64 *next, void (*show)(const struct tessera_log_line *line));

u64 example_gpa_of(const void *address)
{
	return gpa_of(address);
}

static void must(const char *what, s64 error)
{
	CHECK(!error, "%s: %s", what, call_error(error));
}

// Exactly those bytes of a page.
static void expect_closed(u8 *bytes, u64 first, u64 end)
{
	CHECK(denied8(bytes + first, 1) && denied8(bytes + end - 1, 1), "0x%lx..0x%lx is open",
	      first, end);
	CHECK(!denied8(bytes + end, 1) && (!first || !denied8(bytes + first - 1, 1)),
	      "more than 0x%lx..0x%lx is closed", first, end);
}

void examples_protect(void)
{
	u8 *bytes = page(PAGE);
	u64 hole;
	u32 map;

	must("guard", guard(gpa_of(bytes)));
	expect_closed(bytes, 0, 256);
	must("grow", grow(gpa_of(bytes), 256, 100));
	expect_closed(bytes, 0, 356);
	must("close_two", close_two(gpa_of(page(PAGE + 1)), &map, gpa_of(&map)));
	expect_closed(page(PAGE + 1), 0, TILE);
	expect_closed(page(PAGE + 1), 5 * TILE, 6 * TILE);
	access_set_one(page(PAGE + 1), ~0U);
	window_map(70, gpa_of(page(PAGE + 2)), PTE_P | PTE_W);
	window_map(71, 0, 0);
	must("guard_linear", guard_linear(WINDOW + 70 * PAGE_SIZE + 9, 100, &hole));
	expect_closed(page(PAGE + 2), 9, 109);
	must("open_linear", open_linear(WINDOW + 70 * PAGE_SIZE + 9, 100));
	CHECK(!denied8(page(PAGE + 2) + 9, 1), "open_linear did not");
	CHECK(guard_linear(WINDOW + 70 * PAGE_SIZE, PAGE_SIZE + 1, &hole) == TESSERA_BAD_ADDRESS,
	      "a hole is not one");
	same("hole", hole, (u64)WINDOW + 71 * PAGE_SIZE);
}

static u64 seen, next_gpa;

static void see(const struct tessera_event *e)
{
	same("gpa of an event", e->gpa, next_gpa);
	same("action of an event", e->action, TESSERA_ACTION_AUDIT);
	next_gpa += 8;
	seen++;
}

// More events than the ring has places, a few at a time; then too many at once.
void examples_watch(void)
{
	const u32 places =
		(4 * PAGE_SIZE - sizeof(struct tessera_ring)) / sizeof(struct tessera_event);
	volatile u64 *words = (u64 *)page(PAGE + 3);
	u64 gpa = gpa_of(page(PAGE + 3));
	struct tessera_statistics s;

	must("watch", watch(gpa, PAGE_SIZE));
	statistics(&s);
	same("denied writes", (u64)denied_writes(), s.denied_writes);
	must("events_start", events_start());
	seen = 0;
	next_gpa = gpa;
	for (u32 i = 0; i < 500; i++) {
		words[i] = ~words[i];
		if (i % 7 == 0)
			same("lost events", events_read(see), 0);
	}
	same("lost events", events_read(see), 0);
	same("events", seen, 500);
	next_gpa = gpa;
	for (u32 i = 0; i < 300; i++)
		words[i] = ~words[i];
	same("lost events", events_read(see), 300 - places);
	same("events", seen, 500 + places);
	must("events_stop", events_stop());
}

static u64 lines;

static void show(const struct tessera_log_line *line)
{
	CHECK(line->text[0], "an empty line");
	lines++;
}

void examples_own_and_seal(void)
{
	u8 *bytes = page(910);
	u64 next = 1, before;

	must("log_read", log_read(&next, show));
	CHECK(lines && next > lines, "no log");
	before = lines;
	must("claim", claim(&call_key));
	must("guard_for_good", guard_for_good(gpa_of(bytes), 333, call_key));
	expect_closed(bytes, 0, 333);
	same("a call without the key", (u64)guard(gpa_of(bytes)), (u64)TESSERA_DENIED);
	same("release", (u64)call(TESSERA_CALL_RELEASE, 0, 0, 0, NULL), 0);
	call_key = 0;
	CHECK(!call_clean_up() || denied8(bytes, 1), "a sealed region was opened");
	must("log_read", log_read(&next, show));
	CHECK(lines >= before + 3, "%lu new lines", lines - before); // claimed, sealed, released
}
