// SPDX-License-Identifier: MIT
// Sources: boot/cpu/check.c hv/lib/format.c
// The table of what a CPU must have: causes are named, consequences are not, and CPUs
// that differ are told apart.
#include <string.h>

#include "boot/cpu/check.h"
#include "tests/host/test.h"

#define CPUS 4

static struct facts facts[CPUS];

static void all_good(void)
{
	for (u32 cpu = 0; cpu < CPUS; cpu++) {
		facts[cpu].known = (u32)BIT(VMX_WORD_COUNT) - 1;
		for (u32 word = 0; word < VMX_WORD_COUNT; word++)
			facts[cpu].word[word] = UINT32_MAX;
	}
}

// How many requirements the machine lacks, out of those that the engine cannot do without.
static u32 lacking(enum boot_engine engine)
{
	u32 n = 0;

	for (u32 i = 0; i < REQUIREMENT_COUNT; i++)
		if (requirements[i].needed & BIT(engine) &&
		    check_lacking(&requirements[i], facts, CPUS).count)
			n++;
	return n;
}

static void complete(void **state)
{
	(void)state;
	all_good();
	for (u32 i = 0; i < REQUIREMENT_COUNT; i++)
		assert_int_equal(check_lacking(&requirements[i], facts, CPUS).count, 0);
}

static void no_vmx_is_one_complaint(void **state)
{
	(void)state;
	all_good();
	for (u32 cpu = 0; cpu < CPUS; cpu++)
		facts[cpu] = (struct facts){ .known = BIT(VMX_WORD_FEATURES) };
	assert_int_equal(lacking(BOOT_ENGINE_AUTO), 1);
	assert_int_equal(check_lacking(&requirements[REQUIREMENT_VMX], facts, CPUS).count, CPUS);
}

static void one_bit_of_many(void **state)
{
	(void)state;
	all_good();
	facts[2].word[VMX_WORD_EPT] &= ~(u32)EPT_CAP_INVEPT_ALL;
	assert_int_equal(lacking(BOOT_ENGINE_AUTO), 1);
}

static void optional_until_the_engine_needs_it(void **state)
{
	(void)state;
	all_good();
	facts[1].word[VMX_WORD_SECONDARY] &= ~(u32)SECONDARY_SPP;
	assert_int_equal(lacking(BOOT_ENGINE_AUTO), 0);
	assert_int_equal(lacking(BOOT_ENGINE_SOFTWARE), 0);
	assert_int_equal(lacking(BOOT_ENGINE_HARDWARE), 1);
	assert_int_equal(check_lacking(&requirements[REQUIREMENT_SPP], facts, CPUS).bits[0],
			 BIT(1));

	all_good();
	facts[0].word[VMX_WORD_PRIMARY] &= ~(u32)PRIMARY_MONITOR_TRAP;
	for (u32 engine = BOOT_ENGINE_AUTO; engine <= BOOT_ENGINE_SOFTWARE; engine++)
		assert_int_equal(lacking(engine), 1);

	all_good();
	facts[3].word[VMX_WORD_PIN] &= ~(u32)PIN_PREEMPTION_TIMER;
	for (u32 engine = BOOT_ENGINE_AUTO; engine <= BOOT_ENGINE_SOFTWARE; engine++)
		assert_int_equal(lacking(engine), 0);
}

static void everything_has_a_remedy(void **state)
{
	(void)state;
	for (u32 i = 0; i < REQUIREMENT_COUNT; i++) {
		assert_true(strlen(requirements[i].name) && strlen(requirements[i].remedy));
		assert_true(requirements[i].bits);
		assert_true(requirements[i].word < VMX_WORD_COUNT);
	}
}

static void assert_list(u64 low, u64 high, u32 cpus, const char *text)
{
	struct cpu_set set = { (u32)(__builtin_popcountll(low) + __builtin_popcountll(high)),
			       { low, high } };
	char list[60];

	check_list(&set, cpus, list, sizeof(list));
	assert_string_equal(list, text);
}

static void lists(void **state)
{
	char tiny[10];
	struct cpu_set set = { 3, { 0x15 } };

	(void)state;
	assert_list(1, 0, 1, "the CPU");
	assert_list(0xf, 0, 4, "every CPU");
	assert_list(1, 0, 4, "CPU 0");
	assert_list(8, 0, 4, "CPU 3");
	assert_list(3, 0, 4, "CPUs 0-1");
	assert_list(0xb, 0, 4, "CPUs 0-1,3");
	assert_list(0x15, 0, 6, "CPUs 0,2,4");
	assert_list(1ULL << 63, 1, 128, "CPUs 63-64");
	assert_list(~0xffULL, ~0ULL, 128, "CPUs 8-127");
	check_list(&set, 6, tiny, sizeof(tiny));
	assert_string_equal(tiny, "CPUs 0,2,");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete),
		cmocka_unit_test(no_vmx_is_one_complaint),
		cmocka_unit_test(one_bit_of_many),
		cmocka_unit_test(optional_until_the_engine_needs_it),
		cmocka_unit_test(everything_has_a_remedy),
		cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
