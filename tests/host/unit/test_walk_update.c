// SPDX-License-Identifier: MIT
// What may be taken for the CPU's own accessed and dirty flags: nothing that a store could
// use to change a protected page table.
#include "tests/host/unit/support.h"
#include "vmx/step/walk_update.h"

#define P  BIT(0)
#define A  BIT(5)
#define D  BIT(6)
#define AT 0x0000123456789000ULL

static void flags_that_get_set(void **state)
{
	(void)state;
	assert_true(walk_update(AT | P, AT | P | A, true));
	assert_true(walk_update(AT | P | A, AT | P | A | D, true));
	assert_true(walk_update(AT | P, AT | P | A | D, true));
	assert_true(walk_update(AT | P, AT | P, true));
}

static void every_other_bit_is_a_store(void **state)
{
	(void)state;
	for (u32 i = 0; i < 64; i++)
		assert_int_equal(walk_update(P, P ^ BIT(i), true), BIT(i) == A || BIT(i) == D);
}

static void flags_are_never_cleared(void **state)
{
	(void)state;
	assert_false(walk_update(P | A | D, P | A, true));
	assert_false(walk_update(P | A, P, true));
	assert_false(walk_update(P | A, P | D, true));
}

static void entries_that_are_not_present_stay(void **state)
{
	(void)state;
	assert_false(walk_update(AT, AT | A, true));
	assert_false(walk_update(AT, AT | P | A, true));
	assert_false(walk_update(P << 32, P << 32 | A, false));
	assert_false(walk_update(P, P | A << 32, false));
}

static void narrow_entries_lie_in_pairs(void **state)
{
	u64 both = P | P << 32;

	(void)state;
	for (u32 i = 0; i < 64; i++)
		assert_int_equal(walk_update(both, both ^ BIT(i), false),
				 BIT(i % 32) == A || BIT(i % 32) == D);
	assert_true(walk_update(both, both | A | (A | D) << 32, false));
	assert_false(walk_update(both, both | A << 32, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_that_get_set),
		cmocka_unit_test(every_other_bit_is_a_store),
		cmocka_unit_test(flags_are_never_cleared),
		cmocka_unit_test(entries_that_are_not_present_stay),
		cmocka_unit_test(narrow_entries_lie_in_pairs),
	};

	return cmocka_run_group_tests_name("walk_update", tests, NULL, NULL);
}
