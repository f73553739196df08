// SPDX-License-Identifier: MIT
// Many changes in one call: all of them or none, with one shootdown, and nothing open in between.
#include "hv/lib/string.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/hammer.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define PAGE    80
#define HAMMERS 3

static struct tessera_operation ops[TESSERA_BATCH_MAX];

static s64 batch(u32 count, u64 *which)
{
	return call(TESSERA_CALL_BATCH, gpa_of(ops), count, 0, which);
}

static struct tessera_operation op(enum tessera_call what, enum tessera_action action,
				   const void *start, u64 length)
{
	return (struct tessera_operation){
		.call = what, .rule = rule_for(action), .address = gpa_of(start), .length = length
	};
}

static void must(u32 count)
{
	u64 which;
	s64 error = batch(count, &which);

	CHECK(!error, "operation %lu: %s", which, call_error(error));
	same("value", which, 0);
}

// Two in a page, neither on a border of a tile.
static u8 *spot(u32 i)
{
	return page(PAGE + i / 2) + i % 2 * 0x800 + 5;
}

#define SPOT_SIZE 140

static void expect_spots(u32 first, u32 count, bool closed)
{
	for (u32 i = first; i < first + count; i++) {
		CHECK(denied8(spot(i), 1) == closed, "the first byte of spot %u", i);
		CHECK(denied8(spot(i) + SPOT_SIZE - 1, 1) == closed, "the last byte of spot %u", i);
		CHECK(!denied8(spot(i) - 1, 1) && !denied8(spot(i) + SPOT_SIZE, 1),
		      "bytes beside spot %u", i);
	}
}

// What was unlinked is free again after the next shootdown.
static u64 free_pages_after_shootdown(void)
{
	u64 pages;

	protect(TESSERA_ACTION_DENY, page(0), 8);
	pages = query(TESSERA_QUERY_FREE_PAGES);
	unprotect(TESSERA_ACTION_DENY, page(0), 8);
	return pages;
}

void batches_protect_and_open(void)
{
	u64 regions = query(TESSERA_QUERY_REGIONS), pages = free_pages_after_shootdown();
	u64 shootdowns = query(TESSERA_QUERY_SHOOTDOWNS);

	for (u32 i = 0; i < TESSERA_BATCH_MAX; i++)
		ops[i] = op(TESSERA_CALL_PROTECT, TESSERA_ACTION_DENY, spot(i), SPOT_SIZE);
	must(TESSERA_BATCH_MAX);
	same("shootdowns", query(TESSERA_QUERY_SHOOTDOWNS), shootdowns + 1);
	same("regions", query(TESSERA_QUERY_REGIONS), regions + TESSERA_BATCH_MAX);
	expect_spots(0, TESSERA_BATCH_MAX, true);
	for (u32 i = 0; i < TESSERA_BATCH_MAX; i++)
		ops[i].call = TESSERA_CALL_UNPROTECT;
	must(TESSERA_BATCH_MAX);
	same("shootdowns", query(TESSERA_QUERY_SHOOTDOWNS), shootdowns + 1);
	same("regions", query(TESSERA_QUERY_REGIONS), regions);
	expect_spots(0, 8, false);
	same("free pages", free_pages_after_shootdown(), pages);
}

// What one operation does the next one sees.
void batches_have_an_order(void)
{
	const enum tessera_action deny = TESSERA_ACTION_DENY;
	u64 which;

	ops[0] = op(TESSERA_CALL_PROTECT, deny, spot(0), 8);
	ops[1] = op(TESSERA_CALL_UNPROTECT, deny, spot(0), 8);
	must(2);
	CHECK(!denied8(spot(0), 1), "a region that came and went is there");
	must(1);
	ops[0] = ops[1];
	ops[1] = op(TESSERA_CALL_PROTECT, deny, spot(0), 8);
	must(2);
	CHECK(denied8(spot(0), 1), "a region that went and came is not there");
	ops[2] = ops[1];
	same("error", (u64)batch(3, &which), (u64)TESSERA_EXISTS);
	same("index", which, 2);
	CHECK(denied8(spot(0), 1), "a batch that failed has opened a region");
	ops[1] = ops[0];
	same("error", (u64)batch(2, &which), (u64)TESSERA_NOT_FOUND);
	same("index", which, 1);
	CHECK(denied8(spot(0), 1), "a batch that failed has opened a region");
}

#define OLD 40 // spots that a batch opens; it protects the others

static u64 regions_before; // those that a batch opens among them, and Tessera's own

static void expect_refusal(u32 at, struct tessera_operation bad, enum tessera_error expected)
{
	struct tessera_operation good = ops[at];
	u64 pages = query(TESSERA_QUERY_FREE_PAGES), shootdowns = query(TESSERA_QUERY_SHOOTDOWNS);
	u64 which;
	s64 error;

	ops[at] = bad;
	error = batch(TESSERA_BATCH_MAX, &which);
	ops[at] = good;
	CHECK(error == expected, "a bad operation %u: %s instead of %s", at, call_error(error),
	      call_error(expected));
	same("index", which, at);
	same("regions", query(TESSERA_QUERY_REGIONS), regions_before);
	same("free pages", query(TESSERA_QUERY_FREE_PAGES), pages);
	same("shootdowns", query(TESSERA_QUERY_SHOOTDOWNS), shootdowns);
	expect_spots(0, 2, true);
	expect_spots(OLD - 1, 1, true);
	expect_spots(OLD, 1, false);
	expect_spots(TESSERA_BATCH_MAX - 1, 1, false);
}

void batches_are_all_or_nothing(void)
{
	const enum tessera_call p = TESSERA_CALL_PROTECT, u = TESSERA_CALL_UNPROTECT;
	const u64 here = gpa_of(spot(0));
	const struct {
		struct tessera_operation op;
		enum tessera_error error;
	} bad[] = {
		{ { p, 0, here, 0, 0 }, TESSERA_BAD_ARGUMENT },
		{ { p, 0, here, ~0ULL, 0 }, TESSERA_BAD_ARGUMENT },
		{ { p, 0, here + 1, 7, 1 }, TESSERA_BAD_ARGUMENT },
		{ { TESSERA_CALL_QUERY, 0, here, 8, 0 }, TESSERA_BAD_ARGUMENT },
		{ { TESSERA_CALL_BATCH, 0, here, 8, 0 }, TESSERA_BAD_ARGUMENT },
		{ { ~0U, 0, here, 8, 0 }, TESSERA_BAD_ARGUMENT },
		{ { p, 0, argument[0], 8, 0 }, TESSERA_BAD_ADDRESS },
		{ { p, 0, BIT(52), 8, 0 }, TESSERA_BAD_ADDRESS },
		{ { TESSERA_CALL_PROTECT_GVA, 0, BIT(47), 8, 0 }, TESSERA_BAD_ADDRESS },
		{ { p, 255, here, 8, 0 }, TESSERA_NOT_FOUND },
		{ { p, ~0U, here, 8, 0 }, TESSERA_NOT_FOUND },
		{ { u, 0, here, 1, 0 }, TESSERA_NOT_FOUND },
		{ { TESSERA_CALL_UNPROTECT_GVA, 0, here, 1, 0 }, TESSERA_NOT_FOUND },
	};
	const u32 places[] = { 0, 1, OLD, TESSERA_BATCH_MAX - 1 };

	for (u32 i = 0; i < TESSERA_BATCH_MAX; i++)
		ops[i] = op(p, TESSERA_ACTION_DENY, spot(i), SPOT_SIZE);
	regions_before = query(TESSERA_QUERY_REGIONS);
	must(OLD);
	same("regions", query(TESSERA_QUERY_REGIONS), regions_before += OLD);
	for (u32 i = 0; i < OLD; i++)
		ops[i].call = u;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		expect_refusal(places[i % ARRAY_SIZE(places)], bad[i].op, bad[i].error);
	expect_refusal(TESSERA_BATCH_MAX - 1, ops[OLD], TESSERA_EXISTS);
	must(TESSERA_BATCH_MAX);
	expect_spots(0, OLD, false);
	expect_spots(OLD, TESSERA_BATCH_MAX - OLD, true);
}

static void refuse(u64 gpa, u64 count, enum tessera_error expected)
{
	u64 which;
	s64 error = call(TESSERA_CALL_BATCH, gpa, count, 0, &which);

	CHECK(error == expected, "a batch of %lu at 0x%lx: %s", count, gpa, call_error(error));
	same("value", which, 0);
}

void batches_refuse_their_buffer(void)
{
	refuse(gpa_of(ops), 0, TESSERA_BAD_ARGUMENT);
	refuse(gpa_of(ops), TESSERA_BATCH_MAX + 1, TESSERA_BAD_ARGUMENT);
	refuse(gpa_of(ops), BIT(32) + 1, TESSERA_BAD_ARGUMENT);
	refuse(argument[0], 1, TESSERA_BAD_ADDRESS);
	refuse(argument[0] - sizeof(ops[0]), 2, TESSERA_BAD_ADDRESS);
	refuse(BIT(52), 1, TESSERA_BAD_ADDRESS);
	refuse(~7ULL, 1, TESSERA_BAD_ADDRESS);
}

// One region is exchanged for another that covers the same bytes, and some batches fail after they
// have come past the first.
void no_store_lands_between_batches(void)
{
	static struct hammer hammers[HAMMERS + 1];
	u8 *byte = page(PAGE) + 16;
	u64 landed, denied, which;

	protect(TESSERA_ACTION_DENY, byte, 8);
	for (u32 i = 1; i <= HAMMERS; i++)
		hammers[i].byte = byte + i;
	hammers_start(hammers, HAMMERS);
	for (u32 i = 0; i < 200; i++) {
		ops[0] = op(TESSERA_CALL_UNPROTECT, TESSERA_ACTION_DENY, byte - i % 2 * 16,
			    8 + i % 2 * 32);
		ops[1] = op(TESSERA_CALL_PROTECT, TESSERA_ACTION_DENY, byte - !(i % 2) * 16,
			    8 + !(i % 2) * 32);
		ops[2] = op(TESSERA_CALL_UNPROTECT, TESSERA_ACTION_DENY, byte, 3);
		same("error", (u64)batch(3, &which), (u64)TESSERA_NOT_FOUND);
		same("index", which, 2);
		must(2);
		linger(20);
	}
	hammers_stop(hammers, HAMMERS, &landed, &denied);
	same("stores that landed", landed, 0);
	CHECK(denied > 100, "only %lu stores were denied: the test shows nothing", denied);
}
