// SPDX-License-Identifier: MIT
// policy_generation grows whenever a store becomes possible that the tables refused before.
#include "tests/host/unit/model_internal.h"
#include "tests/host/unit/support.h"

#define PAGES_MAX 0x4000

struct seen {
	u32 tiles[PAGES_MAX];
	u32 generation;
};

static u32 admitted(const struct policy *p, u64 page)
{
	struct ept_leaf leaf = ept_lookup(p->ept, page);
	u64 *word = p->hardware ? sppt_walk(&p->sppt, page, NULL) : NULL;

	if (leaf.entry & EPT_W)
		return TILES_OPEN;
	return leaf.level == 1 && (leaf.entry & EPT_SPP) && word ? sppt_gather(*word) : 0;
}

static void look(const struct policy *p, struct seen *s)
{
	u32 n = 0;

	for (u32 i = 0; i < MODEL_ARENAS; i++)
		for (u64 at = model_arenas[i].start; at < model_arenas[i].end; at += PAGE_SIZE) {
			s->tiles[n++] = admitted(p, at);
		}
	assert_true(n <= PAGES_MAX);
	s->generation = policy_generation(p);
}

// How many pages were opened from one look to the next.
static u32 compare(const struct seen *was, const struct seen *is)
{
	u32 opened = 0;

	for (u32 i = 0; i < PAGES_MAX; i++) {
		if (!(is->tiles[i] & ~was->tiles[i]))
			continue;
		assert_int_not_equal(is->generation, was->generation);
		opened++;
	}
	return opened;
}

static struct model_op random_op(void)
{
	static const u8 kinds[] = {
		MODEL_PROTECT,    MODEL_PROTECT_PAGES, MODEL_PROTECT_LARGE, MODEL_UNPROTECT,
		MODEL_UNPROTECT,  MODEL_UNPROTECT,     MODEL_BATCH,         MODEL_BATCH,
		MODEL_ACCESS_SET, MODEL_ACCESS_SET,    MODEL_MISS,          MODEL_REAP,
	};
	struct model_op op = {
		.kind = kinds[random_below(ARRAY_SIZE(kinds))],
		.arena = random64(),
		.rule = random64(),
		.offset = random64(),
		.length = random64(),
		.map = random64() >> 7,
	};

	if (random_below(30) == 0)
		op.kind = MODEL_PROTECT_HUGE;
	if (random_below(3) == 0)
		op.fail = random_below(16);
	return op;
}

static void run(bool hardware)
{
	static struct seen seen[2];
	struct model *m = model_new(hardware, 8192);
	u32 opened = 0;

	look(&m->policy, &seen[0]);
	for (u32 i = 1; i <= 1200; i++) {
		struct model_op op = random_op();

		model_run(m, &op);
		look(&m->policy, &seen[i % 2]);
		opened += compare(&seen[(i + 1) % 2], &seen[i % 2]);
	}
	assert_true(opened > 1000); // or the test shows nothing
	model_delete(m);
}

static void each_opening_counts(void **state)
{
	(void)state;
	seed_random("generation", 31);
	run(true);
	run(false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_opening_counts),
	};

	return cmocka_run_group_tests_name("generation", tests, NULL, NULL);
}
