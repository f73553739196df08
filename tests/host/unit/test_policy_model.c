// SPDX-License-Identifier: MIT
// Random operations against the naive model, on both engines, with and without enough memory.
#include "tests/host/unit/model.h"
#include "tests/host/unit/support.h"

static struct model_op random_op(u32 fail_one_in)
{
	// Protecting is as likely as unprotecting, so that the number of regions wanders.
	static const u8 kinds[] = {
		MODEL_PROTECT,     MODEL_PROTECT,       MODEL_PROTECT,    MODEL_PROTECT_PAGES,
		MODEL_UNPROTECT,   MODEL_UNPROTECT,     MODEL_UNPROTECT,  MODEL_UNPROTECT,
		MODEL_UNPROTECT,   MODEL_UNPROTECT_ANY, MODEL_ACCESS_SET, MODEL_ACCESS_SET,
		MODEL_ACCESS_SAME, MODEL_ACCESS_SAME,   MODEL_ACCESS_GET, MODEL_RULE_CREATE,
		MODEL_RULE_DELETE, MODEL_PROTECT_LARGE, MODEL_LOCKDOWN,   MODEL_JUDGE,
		MODEL_JUDGE,       MODEL_MISS,          MODEL_MISCONFIG,  MODEL_REAP,
		MODEL_BATCH,       MODEL_BATCH,         MODEL_BATCH,      MODEL_BATCH,
	};
	u64 r = random64();
	struct model_op op = {
		.kind = kinds[random_below(ARRAY_SIZE(kinds))],
		.arena = r,
		.rule = r >> 8,
		.offset = r >> 16,
		.length = random64(),
		.map = random64() >> 7,
	};

	if (random_below(60) == 0)
		op.kind = MODEL_PROTECT_HUGE;
	if (random_below(300) == 0)
		op.kind = MODEL_RETYPE;
	if (random_below(2000) == 0)
		op.kind = MODEL_SEAL;
	if (fail_one_in && random_below(fail_one_in) == 0)
		op.fail = random_below(16);
	return op;
}

static void run(bool hardware, u32 operations, u32 fail_one_in)
{
	struct model *m = model_new(hardware, 8192);

	for (u32 i = 1; i <= operations; i++) {
		struct model_op op = random_op(fail_one_in);

		model_run(m, &op);
		if (i % 400 == 0)
			model_check(m);
	}
	model_delete(m);
}

static void hardware_engine(void **state)
{
	(void)state;
	seed_random("policy, hardware", 21);
	for (u32 i = 0; i < 3; i++)
		run(true, 2000, 0);
}

static void software_engine(void **state)
{
	(void)state;
	seed_random("policy, software", 22);
	for (u32 i = 0; i < 3; i++)
		run(false, 2000, 0);
}

static void hardware_engine_without_memory(void **state)
{
	(void)state;
	seed_random("policy, hardware, failing", 23);
	for (u32 i = 0; i < 3; i++)
		run(true, 2000, 2);
}

static void software_engine_without_memory(void **state)
{
	(void)state;
	seed_random("policy, software, failing", 24);
	for (u32 i = 0; i < 3; i++)
		run(false, 2000, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hardware_engine),
		cmocka_unit_test(software_engine),
		cmocka_unit_test(hardware_engine_without_memory),
		cmocka_unit_test(software_engine_without_memory),
	};

	return cmocka_run_group_tests_name("policy against a model", tests, NULL, NULL);
}
