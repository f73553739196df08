// SPDX-License-Identifier: MIT
// Every error of the ABI header can happen: a new one without an entry here fails the scenario.
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define PAGE 73

static s64 is_ok(void)
{
	return call(TESSERA_CALL_QUERY, TESSERA_QUERY_ABI, 0, 0, NULL);
}

static s64 is_unknown(void)
{
	return call(TESSERA_CALL_COUNT, 0, 0, 0, NULL);
}

static s64 is_bad_argument(void)
{
	return call(TESSERA_CALL_PROTECT, 0, gpa_of(page(PAGE)), 0, NULL);
}

static s64 is_bad_address(void)
{
	return call(TESSERA_CALL_RULE_CREATE, argument[0], 0, 0, NULL);
}

#define EMPTY (SIZE_1G * 8) // there and behind it is no memory

// A byte of each 2 MiB from *at on, as long as that goes well, moves *at behind it.
static s64 many(enum tessera_call what, u64 *at)
{
	static struct tessera_operation ops[TESSERA_BATCH_MAX];
	s64 error;

	for (u32 i = 0; i < TESSERA_BATCH_MAX; i++)
		ops[i] = (struct tessera_operation){ what, 0, *at + i * SIZE_2M, 1, 0 };
	error = call(TESSERA_CALL_BATCH, gpa_of(ops), TESSERA_BATCH_MAX, 0, NULL);
	if (!error)
		*at += TESSERA_BATCH_MAX * SIZE_2M;
	return error;
}

// Until there is no room for the tables: many at once, then one by one.
static s64 is_no_memory(void)
{
	s64 error = TESSERA_OK, opened = TESSERA_OK;
	u64 at = EMPTY, begin = EMPTY;

	while (!error && at < 8 * EMPTY)
		error = many(TESSERA_CALL_PROTECT, &at);
	CHECK(error == TESSERA_NO_MEMORY, "a batch: %s", call_error(error));
	error = TESSERA_OK;
	for (u64 one = at; !error && one < 8 * EMPTY; one += SIZE_2M)
		error = call(TESSERA_CALL_PROTECT, 0, one, 1, NULL);
	while (!opened && begin < at)
		opened = many(TESSERA_CALL_UNPROTECT, &begin);
	CHECK(!opened, "opening them: %s", call_error(opened));
	return error;
}

static s64 is_not_found(void)
{
	return call(TESSERA_CALL_UNPROTECT, 0, gpa_of(page(PAGE)), 8, NULL);
}

static s64 is_there(void)
{
	call(TESSERA_CALL_PROTECT, 0, gpa_of(page(PAGE)), 8, NULL);
	return call(TESSERA_CALL_PROTECT, 0, gpa_of(page(PAGE)), 8, NULL);
}

static s64 is_sealed(void)
{
	struct tessera_rule r = { .action = TESSERA_ACTION_DENY, .flags = TESSERA_RULE_SEALED };
	u64 number;
	s64 error = call(TESSERA_CALL_RULE_CREATE, gpa_of(&r), 0, 0, &number);

	return error ? error : call(TESSERA_CALL_RULE_DELETE, number, 0, 0, NULL);
}

static s64 is_denied(void)
{
	u64 key;
	s64 error = call(TESSERA_CALL_CLAIM, 0, 0, 0, &key);

	if (error)
		return error;
	error = call(TESSERA_CALL_CLAIM, 0, 0, 0, NULL);
	call_key = key;
	return error;
}

static s64 is_in_use(void)
{
	protect(TESSERA_ACTION_AUDIT, page(PAGE), 8);
	return call(TESSERA_CALL_RULE_DELETE, rule_for(TESSERA_ACTION_AUDIT), 0, 0, NULL);
}

static s64 is_protected(void)
{
	protect(TESSERA_ACTION_DENY, page(PAGE) + 3, 1);
	return call(TESSERA_CALL_ACCESS_GET, gpa_of(page(PAGE)), 1, gpa_of(page(PAGE)), NULL);
}

// All of the agent's map, which has pages of 2 MiB.
static s64 is_beyond_the_limit(void)
{
	return call(TESSERA_CALL_PROTECT_GVA, 0, 0, SIZE_2M * (TESSERA_CHANGE_MAX + 1), NULL);
}

// clang-format off
static s64 (*const provoke[])(void) = {
	[-TESSERA_OK]           = is_ok,
	[-TESSERA_UNKNOWN_CALL] = is_unknown,
	[-TESSERA_BAD_ARGUMENT] = is_bad_argument,
	[-TESSERA_BAD_ADDRESS]  = is_bad_address,
	[-TESSERA_NO_MEMORY]    = is_no_memory,
	[-TESSERA_NOT_FOUND]    = is_not_found,
	[-TESSERA_EXISTS]       = is_there,
	[-TESSERA_SEALED]       = is_sealed,
	[-TESSERA_DENIED]       = is_denied,
	[-TESSERA_UNSUPPORTED]  = call_from_32_bits,
	[-TESSERA_PROTECTED]    = is_protected,
	[-TESSERA_LIMIT]        = is_beyond_the_limit,
	[-TESSERA_IN_USE]       = is_in_use,
};
// clang-format on

static void expect(enum tessera_error error, const char *name)
{
	u64 regions = query(TESSERA_QUERY_REGIONS);
	s64 answer;

	// Only DEVIRTUALIZE answers BUSY, where another CPU is in an NMI handler at that moment.
	if (error == TESSERA_BUSY)
		return;
	CHECK((u32)-error < ARRAY_SIZE(provoke) && provoke[-error], "nothing provokes %s", name);
	answer = provoke[-error]();
	CHECK(answer == error, "%s instead of %s", call_error(answer), name);
	CHECK(call_clean_up(), "clean-up after %s", name);
	same("regions", query(TESSERA_QUERY_REGIONS), regions);
}

#define EXPECT(name, number, text) expect(TESSERA_##name, #name);

void each_error_is_provoked(void)
{
	rule_for(TESSERA_ACTION_AUDIT);
	TESSERA_ERRORS(EXPECT)
}
