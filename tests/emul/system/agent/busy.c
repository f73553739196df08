// SPDX-License-Identifier: MIT
// All CPUs at once do what the hypervisor counts and talks about: work for its operator.
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"
#include "tests/emul/system/agent/serial.h"

#define PAGE        70
#define WRONG_CALLS 8 // on each CPU: the hypervisor makes every one of them wait longer

static volatile bool enough;
static u64 met[CPUS_MAX];

static u32 turns(u32 usual)
{
	return argument[2] ? (u32)argument[2] : usual;
}

static void on_all(void (*f)(void *of))
{
	for (u32 i = 1; i < cpu_count; i++)
		cpu_start(i, f, &met[i]);
	f(&met[0]);
	enough = true;
	for (u32 i = 1; i < cpu_count; i++)
		cpu_join(i);
}

// Each into a tile of its own.
static void meet_rules(void *of)
{
	u64 *stores = of;
	u32 cpu = cpu_this()->number;

	for (*stores = 0; *stores < turns(100) && !enough; ++*stores) {
		CHECK(denied64(page(PAGE) + cpu * TILE, *stores + 1), "a store was not denied");
		enough |= cpu == 0 && serial_waits();
	}
}

// As many as the second number says, or until the host types something.
void each_denial_is_counted_once(void)
{
	struct tessera_rule before, after;
	u64 stores = 0;

	enough = false;
	protect(TESSERA_ACTION_DENY, page(PAGE), PAGE_SIZE);
	rule_get(rule_for(TESSERA_ACTION_DENY), &before);
	on_all(meet_rules);
	rule_get(rule_for(TESSERA_ACTION_DENY), &after);
	for (u32 i = 0; i < cpu_count; i++)
		stores += met[i];
	same("writes denied", after.blocked - before.blocked, stores);
}

static void guess_keys(void *of)
{
	(void)of;
	for (u32 i = 0; i < turns(WRONG_CALLS); i++) {
		struct tessera_result r =
			tessera_call(TESSERA_CALL_SEAL, TESSERA_RULE_DENY, 0, 0, 0, i + 1);

		CHECK(r.error == TESSERA_DENIED, "a guessed key: %s", call_error(r.error));
	}
}

void guessed_keys_seal_nothing(void)
{
	struct tessera_result claim = tessera_call(TESSERA_CALL_CLAIM, 0, 0, 0, 0, 0);
	struct tessera_rule rule;

	CHECK(!claim.error, "claim answers %s", call_error(claim.error));
	on_all(guess_keys);
	claim = tessera_call(TESSERA_CALL_RELEASE, 0, 0, 0, 0, claim.value);
	CHECK(!claim.error, "release answers %s", call_error(claim.error));
	rule_get(TESSERA_RULE_DENY, &rule);
	CHECK(!(rule.flags & TESSERA_RULE_SEALED), "a wrong key sealed a rule");
}
