// SPDX-License-Identifier: MIT
// What can no longer be loosened. Each scenario leaves a machine whose policy is a little more
// final than before, and the last one ends all changes.
#include "hv/lib/string.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define PAGE         900 // these pages stay closed
#define WHOLE_POLICY (~0ULL)

static void expect(enum tessera_error expected, enum tessera_call number, u64 a, u64 b, u64 c)
{
	u64 value;
	s64 error = call(number, a, b, c, &value);

	CHECK(error == expected, "call %u(0x%lx, 0x%lx, 0x%lx) answers %s instead of %s", number, a,
	      b, c, call_error(error), call_error(expected));
	CHECK(!error || !value, "value 0x%lx after an error", value);
}

static u32 new_rule(u32 flags)
{
	struct tessera_rule r = { .action = TESSERA_ACTION_DENY, .flags = flags };
	u64 number;
	s64 error = call(TESSERA_CALL_RULE_CREATE, gpa_of(&r), 0, 0, &number);

	CHECK(!error, "rule_create answers %s", call_error(error));
	return (u32)number;
}

// Alone, by its linear address, and in a batch that would put it back at once.
static void expect_sealed(u32 rule, u64 at, u64 length)
{
	struct tessera_operation ops[] = {
		{ TESSERA_CALL_PROTECT, TESSERA_RULE_DENY, gpa_of(page(PAGE + 9)), 8, 0 },
		{ TESSERA_CALL_UNPROTECT, rule, at, length, 0 },
		{ TESSERA_CALL_PROTECT, rule, at, length, 0 },
	};
	u64 which;

	expect(TESSERA_SEALED, TESSERA_CALL_UNPROTECT, rule, at, length);
	same("error", (u64)call(TESSERA_CALL_UNPROTECT_GVA, rule, at, length, &which),
	     (u64)TESSERA_SEALED);
	same("address", which, at);
	same("error", (u64)call(TESSERA_CALL_BATCH, gpa_of(ops), 3, 0, &which),
	     (u64)TESSERA_SEALED);
	same("index", which, 1);
	CHECK(denied8((u8 *)at, 1) && denied8((u8 *)at + length - 1, 1), "it is open");
	CHECK(!denied8(page(PAGE + 9), 1), "a batch that was refused has protected something");
}

void a_sealed_rule_stays(void)
{
	u32 rule = new_rule(0), born_sealed = new_rule(TESSERA_RULE_SEALED);
	struct tessera_rule r;

	expect(0, TESSERA_CALL_PROTECT, rule, gpa_of(page(PAGE)), 8);
	expect(0, TESSERA_CALL_PROTECT, rule, gpa_of(page(PAGE)) + 64, 8);
	expect(0, TESSERA_CALL_UNPROTECT, rule, gpa_of(page(PAGE)) + 64, 8);
	expect(0, TESSERA_CALL_SEAL, rule, 0, 0);
	expect(0, TESSERA_CALL_SEAL, rule, 0, 0);
	expect_sealed(rule, gpa_of(page(PAGE)), 8);
	expect(0, TESSERA_CALL_PROTECT, rule, gpa_of(page(PAGE)) + 256, 9); // tighter is allowed
	expect_sealed(rule, gpa_of(page(PAGE)) + 256, 9);
	expect(TESSERA_SEALED, TESSERA_CALL_RULE_DELETE, rule, 0, 0);
	expect(TESSERA_SEALED, TESSERA_CALL_RULE_DELETE, born_sealed, 0, 0);
	expect(TESSERA_SEALED, TESSERA_CALL_DEVIRTUALIZE, 0, 0, 0);
	expect(TESSERA_NOT_FOUND, TESSERA_CALL_SEAL, 255, 0, 0);
	expect(TESSERA_NOT_FOUND, TESSERA_CALL_SEAL, 256, 0, 0);
	expect(TESSERA_NOT_FOUND, TESSERA_CALL_SEAL, ~1ULL, 0, 0);
	expect(TESSERA_NOT_FOUND, TESSERA_CALL_SEAL, BIT(32) | TESSERA_RULE_DENY, 0, 0);
	rule_get(rule, &r);
	same("flags", r.flags, TESSERA_RULE_SEALED);
	rule_get(TESSERA_RULE_DENY, &r);
	same("another rule's flags", r.flags, TESSERA_RULE_BUILTIN);
	// A milder rule over the same bytes makes nothing milder.
	protect(TESSERA_ACTION_AUDIT, page(PAGE), 64);
	CHECK(denied8(page(PAGE), 1), "an audit rule has opened a sealed region");
}

static s64 set_map(u32 n, u32 map)
{
	return call(TESSERA_CALL_ACCESS_SET, gpa_of(page(n)), 1, gpa_of(&map), NULL);
}

void a_sealed_policy_stays(void)
{
	struct tessera_statistics s;
	u32 rule = new_rule(0), later;

	expect(0, TESSERA_CALL_PROTECT, rule, gpa_of(page(PAGE + 1)), 8);
	expect(0, TESSERA_CALL_PROTECT, TESSERA_RULE_DENY, gpa_of(page(PAGE + 2)), 8);
	same("map", (u64)set_map(PAGE + 3, 0xff), 0);
	expect(0, TESSERA_CALL_SEAL, WHOLE_POLICY, 0, 0);
	statistics(&s);
	same("sealed rules", s.sealed_rules, s.rules);
	expect_sealed(rule, gpa_of(page(PAGE + 1)), 8);
	expect_sealed(TESSERA_RULE_DENY, gpa_of(page(PAGE + 2)), 8);
	same("a map that opens a tile", (u64)set_map(PAGE + 3, 0x1ff), (u64)TESSERA_SEALED);
	same("a map that opens one and closes one", (u64)set_map(PAGE + 3, 0x17f),
	     (u64)TESSERA_SEALED);
	same("a tighter map", (u64)set_map(PAGE + 3, 0x7f), 0);
	CHECK(denied8(page(PAGE + 3) + 7 * TILE, 1) && !denied8(page(PAGE + 3), 1), "map");
	expect(TESSERA_SEALED, TESSERA_CALL_RULE_DELETE, rule, 0, 0);
	expect(TESSERA_SEALED, TESSERA_CALL_DEVIRTUALIZE, 0, 0, 0);
	// What is made afterwards is nobody's promise yet.
	later = new_rule(0);
	expect(0, TESSERA_CALL_PROTECT, later, gpa_of(page(PAGE + 4)), 8);
	expect(0, TESSERA_CALL_UNPROTECT, later, gpa_of(page(PAGE + 4)), 8);
	expect(0, TESSERA_CALL_RULE_DELETE, later, 0, 0);
}

void lockdown_ends_all_changes(void)
{
	struct tessera_operation op = { TESSERA_CALL_PROTECT, 0, gpa_of(page(PAGE + 6)), 8, 0 };
	u64 regions;
	u32 rule = new_rule(0);

	expect(0, TESSERA_CALL_PROTECT, rule, gpa_of(page(PAGE + 5)), 8);
	regions = query(TESSERA_QUERY_REGIONS);
	expect(0, TESSERA_CALL_LOCKDOWN, 0, 0, 0);
	for (enum tessera_call n = TESSERA_CALL_QUERY + 1; n < TESSERA_CALL_COUNT; n++)
		expect(TESSERA_DENIED, n, 0, 0, 0);
	expect(TESSERA_DENIED, TESSERA_CALL_PROTECT, 0, gpa_of(page(PAGE + 6)), 8);
	expect(TESSERA_DENIED, TESSERA_CALL_UNPROTECT, rule, gpa_of(page(PAGE + 5)), 8);
	expect(TESSERA_DENIED, TESSERA_CALL_BATCH, gpa_of(&op), 1, 0);
	expect(TESSERA_UNKNOWN_CALL, TESSERA_CALL_COUNT, 0, 0, 0);
	same("regions", query(TESSERA_QUERY_REGIONS), regions);
	CHECK(denied8(page(PAGE + 5), 1), "a region is open");
	CHECK(!denied8(page(PAGE + 6), 1), "a refused call has protected something");
}
