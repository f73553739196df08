// SPDX-License-Identifier: MIT
// Who may call: the key.
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define PAGE    72
#define FASTEST 1 // milliseconds that a wrong key costs, at first and at last
#define SLOWEST 128

static void claim(void)
{
	u64 key;
	s64 error = call(TESSERA_CALL_CLAIM, 0, 0, 0, &key);

	CHECK(!error, "claim answers %s", call_error(error));
	CHECK(key && key != call_key, "the key is 0x%lx", key);
	call_key = key;
}

static void expect_denied(enum tessera_call number, u64 key)
{
	struct tessera_result r = tessera_call(number, 0, 0, 0, 0, key);

	CHECK(r.error == TESSERA_DENIED, "call %u with key 0x%lx answers %s", number, key,
	      call_error(r.error));
	same("value", r.value, 0);
}

static u64 ms(const struct tessera_statistics *from, const struct tessera_statistics *to)
{
	return (to->tsc - from->tsc) / (to->tsc_hz / 1000);
}

// Each wrong key costs twice as much as the one before it, up to a limit.
static void expect_delay(void)
{
	struct tessera_statistics before, after;
	u64 delay, took;

	statistics(&before);
	expect_denied(TESSERA_CALL_PROTECT, call_key ^ 1);
	statistics(&after);
	same("wrong keys", after.wrong_keys, before.wrong_keys + 1);
	delay = before.wrong_keys < 7 ? FASTEST << before.wrong_keys : SLOWEST;
	took = ms(&before, &after);
	CHECK(took >= delay && took < 2 * delay + 10, "wrong key %lu took %lu ms and not %lu",
	      after.wrong_keys, took, delay);
}

void a_claim_needs_its_key(void)
{
	struct tessera_statistics before, after;
	u64 sent = 0;

	claim();
	for (u32 i = 0; i < 9; i++)
		expect_delay();
	statistics(&before);
	for (enum tessera_call n = TESSERA_CALL_QUERY + 1; n < TESSERA_CALL_COUNT; n++) {
		u64 key = n % 2 ? 0 : call_key ^ BIT(63);

		expect_denied(n, key);
		sent += n != TESSERA_CALL_CLAIM || key;
	}
	statistics(&after);
	same("wrong keys", after.wrong_keys - before.wrong_keys, sent);
	same("claimed", after.claimed, 1);
	same("locked down", after.locked_down, 0);
	same("ABI without a key", tessera_call_query(TESSERA_QUERY_ABI).value, TESSERA_ABI_VERSION);
}

void a_claim_can_be_released(void)
{
	u64 old;

	claim();
	same("claim again", (u64)call(TESSERA_CALL_CLAIM, 0, 0, 0, NULL), (u64)TESSERA_EXISTS);
	protect(TESSERA_ACTION_DENY, page(PAGE), 8);
	CHECK(denied8(page(PAGE), 1), "the holder of the key cannot protect");
	same("release", (u64)call(TESSERA_CALL_RELEASE, 0, 0, 0, NULL), 0);
	same("again", (u64)call(TESSERA_CALL_RELEASE, 0, 0, 0, NULL), (u64)TESSERA_NOT_FOUND);
	old = call_key;
	claim(); // another key
	expect_denied(TESSERA_CALL_UNPROTECT, old);
	CHECK(denied8(page(PAGE), 1), "an old key opens");
}

// Asking for the key without offering one is no guess, so that it costs nothing.
void asking_for_a_key_is_no_guess(void)
{
	struct tessera_statistics before, after;

	claim();
	statistics(&before);
	for (u32 i = 0; i < 20; i++)
		expect_denied(TESSERA_CALL_CLAIM, 0);
	statistics(&after);
	same("wrong keys", after.wrong_keys, before.wrong_keys);
	CHECK(ms(&before, &after) < SLOWEST, "asking takes time");
	expect_denied(TESSERA_CALL_CLAIM, call_key + 1);
	statistics(&after);
	same("wrong keys", after.wrong_keys, before.wrong_keys + 1);
}

// What comes for a CPU that is made to wait is there afterwards.
void interrupts_outlast_a_wrong_key(void)
{
	volatile struct light *l = &cpu_this()->light;

	claim();
	memset((void *)l, 0, sizeof(*l));
	gate_set(TEST_VECTOR, light_gate, IST_TEST, 0);
	apic_send(cpu_this()->apic_id, APIC_FIXED | TEST_VECTOR);
	expect_denied(TESSERA_CALL_SEAL, 0);
	same("interrupts while they are off", l->count, 0);
	__asm__ volatile("sti\n"
			 "nop\n"
			 "cli" ::
				 : "memory");
	same("interrupts", l->count, 1);
	apic_done();
	gate_reset(TEST_VECTOR);
}

static void guess(void *of)
{
	const volatile bool *ended = of;

	while (!*ended)
		expect_denied(TESSERA_CALL_UNPROTECT, random64());
}

// Three CPUs guess; the one with the key is not slowed down.
void guesses_delay_nobody_else(void)
{
	struct tessera_statistics before, after;
	static volatile bool ended;

	ended = false;
	claim();
	statistics(&before);
	for (u32 i = 1; i < 4; i++)
		cpu_start(i, guess, (void *)&ended);
	do {
		protect(TESSERA_ACTION_DENY, page(PAGE), 8);
		CHECK(denied8(page(PAGE), 1), "open");
		unprotect(TESSERA_ACTION_DENY, page(PAGE), 8);
		statistics(&after);
		CHECK(ms(&before, &after) < 100 * SLOWEST, "nobody guesses");
	} while (after.wrong_keys < before.wrong_keys + 6);
	before = after;
	for (u32 i = 0; i < 40; i++) {
		protect(TESSERA_ACTION_DENY, page(PAGE), 8);
		unprotect(TESSERA_ACTION_DENY, page(PAGE), 8);
	}
	statistics(&after);
	CHECK(ms(&before, &after) < 2 * SLOWEST, "80 calls took %lu ms", ms(&before, &after));
	ended = true;
	for (u32 i = 1; i < 4; i++)
		cpu_join(i);
}
