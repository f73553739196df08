// SPDX-License-Identifier: MIT
// Who may make which hypercall: each call, in each state of key and lockdown.
#include "hv/call/admission.h"
#include "tests/host/test.h"

#define KEY   0x1234U
#define WRONG 0x4321U

// The calls that someone without the key may make, and those that work in lockdown. A call that is
// added needs the key unless it is added here too.
static bool is_open(u64 call)
{
	return call == TESSERA_CALL_QUERY;
}

static void without_a_key_holder_every_call_is_admitted(void **state)
{
	(void)state;
	for (u64 call = 0; call < TESSERA_CALL_COUNT; call++) {
		assert_int_equal(call_admission(call, 0, 0, false), CALL_ADMITTED);
		assert_int_equal(call_admission(call, WRONG, 0, false), CALL_ADMITTED);
	}
}

static void with_a_key_holder_only_its_key_admits(void **state)
{
	(void)state;
	for (u64 call = 0; call < TESSERA_CALL_COUNT; call++) {
		assert_int_equal(call_admission(call, KEY, KEY, false), CALL_ADMITTED);
		assert_int_equal(call_admission(call, WRONG, KEY, false),
				 is_open(call) ? CALL_ADMITTED : CALL_WRONG_KEY);
	}
}

static void only_a_claim_without_a_key_is_no_guess(void **state)
{
	(void)state;
	for (u64 call = 0; call < TESSERA_CALL_COUNT; call++) {
		enum admission expected = is_open(call)                ? CALL_ADMITTED
					  : call == TESSERA_CALL_CLAIM ? CALL_REFUSED
								       : CALL_WRONG_KEY;

		assert_int_equal(call_admission(call, 0, KEY, false), expected);
	}
}

static void lockdown_refuses_whatever_the_key(void **state)
{
	static const u64 keys[] = { 0, KEY, WRONG };

	(void)state;
	for (u64 call = 0; call < TESSERA_CALL_COUNT; call++)
		for (u32 i = 0; i < 9; i++)
			assert_int_equal(call_admission(call, keys[i % 3], keys[i / 3], true),
					 is_open(call) ? CALL_ADMITTED : CALL_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_key_holder_every_call_is_admitted),
		cmocka_unit_test(with_a_key_holder_only_its_key_admits),
		cmocka_unit_test(only_a_claim_without_a_key_is_no_guess),
		cmocka_unit_test(lockdown_refuses_whatever_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
