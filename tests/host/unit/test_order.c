// SPDX-License-Identifier: MIT
// Flags: -include tests/host/unit/trace.h
// What another CPU sees between any two stores of a change: a well-formed table with the old
// meaning or the new one, tile by tile, and never a path that is missing. Every source is compiled
// with a hook behind its atomic stores, and an independent CPU looks each time.
#include "spp/policy.h"
#include "tests/host/unit/reference.h"
#include "tests/host/unit/support.h"

#define POOL_PAGES 1024
#define BASE       0x40000000ULL
#define SAMPLES    24

struct sample {
	u64 gpa;
	enum ref_outcome last;
	u32 changes;
};

static struct pool *pool;
static struct ept e;
static struct policy policy;
static struct sample sample[SAMPLES];
static bool watching, may_miss;
static u32 stores;
static const u64 *watched_ept, *watched_sppt; // two slots whose order matters
static u32 when_ept, when_sppt;

static enum ref_outcome look(u64 gpa)
{
	struct ref_walk w = ref_ept(pool, e.root, 40, gpa);
	enum ref_outcome o = ref_store(pool, e.root, policy.sppt.root, 40, gpa);

	assert_int_equal(w.outcome, REF_OK);
	assert_int_equal(w.hpa, gpa);
	assert_int_equal(w.type, 6);
	assert_int_equal(w.rights & 5, 5);
	assert_true(o == REF_OK || o == REF_VIOLATION || (may_miss && o == REF_SPP_MISS));
	return o;
}

void trace_store(const void *slot, unsigned long size)
{
	if (!watching || size != sizeof(u64))
		return;
	stores++;
	if (slot == watched_ept)
		when_ept = stores;
	if (slot == watched_sppt)
		when_sppt = stores;
	for (u32 i = 0; i < SAMPLES; i++) {
		enum ref_outcome o = look(sample[i].gpa);

		sample[i].changes += o != sample[i].last;
		sample[i].last = o;
	}
}

static int setup(void **state)
{
	struct mtrr_state types = { .addr_bits = 40 };

	*state = NULL;
	pool = pool_new(POOL_PAGES);
	assert_int_equal(ept_create(&e, pool, 40, 3, &types, POOL_PA, POOL_PA + PAGE_SIZE), 0);
	return policy_init(&policy, pool, &e, true);
}

static int teardown(void **state)
{
	(void)state;
	policy_destroy(&policy);
	ept_destroy(&e);
	assert_int_equal(pool->free_pages, POOL_PAGES);
	pool_delete(pool);
	return 0;
}

static void watch(u64 gpa, u64 size)
{
	for (u32 i = 0; i < SAMPLES; i++) {
		sample[i].gpa = gpa - PAGE_SIZE + random_below(size + 2 * PAGE_SIZE);
		sample[i].last = look(sample[i].gpa);
		sample[i].changes = 0;
	}
	stores = when_ept = when_sppt = 0;
	watching = true;
}

static void unwatch(void)
{
	watching = false;
	for (u32 i = 0; i < SAMPLES; i++) {
		assert_true(sample[i].changes <= 1);
		assert_int_equal(sample[i].last, look(sample[i].gpa));
	}
}

static u64 some_length(void)
{
	static const u64 lengths[] = { 1,         64,
				       128,       1000,
				       PAGE_SIZE, 3 * PAGE_SIZE + 7,
				       SIZE_2M,   SIZE_2M + 300,
				       SIZE_1G,   SIZE_1G + SIZE_2M };

	return lengths[random_below(ARRAY_SIZE(lengths))];
}

struct span {
	u64 gpa, length;
};

static void protecting_and_unprotecting(void **state)
{
	struct span span[12];
	u32 n = 0;

	(void)state;
	for (u32 i = 0; i < 150; i++) {
		if (n < ARRAY_SIZE(span) && random_below(2)) {
			struct span s = { BASE + random_below(3) * SIZE_2M, some_length() };

			s.gpa += s.length % PAGE_SIZE ? random_below(SIZE_2M) : 0;
			watch(s.gpa, s.length);
			if (policy_protect(&policy, 0, s.gpa, s.length) == TESSERA_OK)
				span[n++] = s;
		} else if (n) {
			u32 k = random_below(n);

			watch(span[k].gpa, span[k].length);
			assert_int_equal(policy_unprotect(&policy, 0, span[k].gpa, span[k].length),
					 0);
			span[k] = span[--n];
		}
		unwatch();
		policy_reap(&policy);
	}
}

static void setting_access_maps(void **state)
{
	u32 maps[64];

	(void)state;
	for (u32 i = 0; i < 150; i++) {
		u32 pages = 1 + random_below(ARRAY_SIZE(maps));
		u64 gpa = BASE + (480 + random_below(64)) * PAGE_SIZE; // across 2 MiB

		for (u32 k = 0; k < pages; k++)
			maps[k] = random_below(3) ? random64() : random_below(2) ? ~0U : 0;
		watch(gpa, pages * PAGE_SIZE);
		assert_int_equal(policy_access_set(&policy, gpa, pages, maps), 0);
		unwatch();
		policy_reap(&policy);
	}
}

static void failing_for_want_of_memory(void **state)
{
	(void)state;
	assert_int_equal(policy_protect(&policy, 0, BASE + 5, 99), 0);
	for (u32 n = 1; n < 12; n++) {
		pool->fail_after = n;
		watch(BASE, 3 * SIZE_2M);
		policy_protect(&policy, 0, BASE + 300, 2 * SIZE_2M);
		unwatch();
		pool->fail_after = n;
		watch(BASE, 3 * SIZE_2M);
		policy_unprotect(&policy, 0, BASE + 300, 2 * SIZE_2M);
		unwatch();
		pool->fail_after = 0;
		policy_unprotect(&policy, 0, BASE + 300, 2 * SIZE_2M);
		policy_reap(&policy);
	}
}

// Some regions go and others come, in one change: no tile of both is ever open in between.
static void many_at_once(void **state)
{
	struct policy_op ops[12];
	u32 there = 0, failed;

	(void)state;
	for (u32 i = 0; i < 100; i++) {
		u32 count = there;

		for (u32 k = 0; k < there; k++)
			ops[k].open = true;
		while (count < there + 6) {
			u64 gpa = BASE + random_below(3) * SIZE_2M + random_below(5) * 200;

			ops[count++] = (struct policy_op){ gpa, some_length(), 0, false, 0 };
		}
		watch(BASE + random_below(3) * SIZE_2M, 3 * PAGE_SIZE);
		int rc = policy_change(&policy, ops, count, &failed);
		unwatch();
		for (u32 k = 0; k < SAMPLES; k++)
			for (u32 o = 0; rc == TESSERA_OK && o < there; o++)
				for (u32 n = there; n < count; n++)
					if (sample[k].gpa - ops[o].gpa < ops[o].length &&
					    sample[k].gpa - ops[n].gpa < ops[n].length)
						assert_int_equal(sample[k].changes, 0);
		policy_reap(&policy);
		if (rc == TESSERA_OK)
			memmove(ops, ops + there, (count - there) * sizeof(*ops));
		there = rc == TESSERA_OK ? count - there : there;
	}
	assert_true(there > 0);
}

static void retyping_and_missing(void **state)
{
	struct mtrr_state types = { .addr_bits = 40 };

	(void)state;
	assert_int_equal(policy_protect(&policy, 0, BASE + 300, 2 * SIZE_2M), 0);
	watch(BASE, 3 * SIZE_2M);
	ept_retype(&e, &types);
	assert_int_equal(policy_sync(&policy, BASE, SIZE_1G), 0);
	assert_true(policy_miss(&policy, BASE + 300, false));
	unwatch();
}

// A path that another CPU already asks for appears whole: a miss, then the rules.
static void a_rebuilt_path_appears_filled(void **state)
{
	u32 maps[512];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(maps); i++)
		maps[i] = random64();
	assert_int_equal(policy_protect(&policy, 0, BASE + SIZE_2M, 64),
			 0); // keeps the upper tables
	assert_int_equal(policy_access_set(&policy, BASE, ARRAY_SIZE(maps), maps), 0);
	sppt_drop(&policy.sppt, BASE);
	may_miss = true;
	watch(BASE, SIZE_2M);
	assert_true(policy_miss(&policy, BASE, false));
	unwatch();
	may_miss = false;
	assert_true(stores > 0);
	for (u64 at = BASE; at < BASE + SIZE_2M; at += 128)
		assert_int_equal(look(at) == REF_OK,
				 maps[(at - BASE) / PAGE_SIZE] >> (at / 128 % 32) & 1);
}

// A page of a 2 MiB that has a path already: its word is there, and live as soon as EPT says SPP.
static void the_leaf_closes_first_and_opens_last(void **state)
{
	u64 gpa = BASE + 7 * PAGE_SIZE;

	(void)state;
	assert_int_equal(policy_protect(&policy, 0, BASE, 64), 0);
	watched_ept = ept_lookup(&e, gpa).slot;
	watched_sppt = sppt_walk(&policy.sppt, gpa, NULL);
	watch(gpa, PAGE_SIZE);
	assert_int_equal(policy_protect(&policy, 0, gpa + 77, 64), 0);
	unwatch();
	assert_true(when_sppt && when_sppt < when_ept);
	watch(gpa, PAGE_SIZE);
	assert_int_equal(policy_unprotect(&policy, 0, gpa + 77, 64), 0);
	unwatch();
	assert_true(when_ept && when_ept < when_sppt);
	assert_int_equal(policy_protect(&policy, 0, gpa + 77, 64), 0);
	watch(gpa, PAGE_SIZE);
	assert_int_equal(policy_protect(&policy, 0, gpa, PAGE_SIZE), 0); // mixed to closed
	unwatch();
	assert_true(when_sppt && when_sppt < when_ept);
	watch(gpa, PAGE_SIZE);
	assert_int_equal(policy_unprotect(&policy, 0, gpa, PAGE_SIZE), 0); // closed to mixed
	unwatch();
	assert_true(when_ept && when_ept < when_sppt);
	watched_ept = watched_sppt = NULL;
}

#define ORDER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ORDER_TEST(protecting_and_unprotecting),
		ORDER_TEST(setting_access_maps),
		ORDER_TEST(failing_for_want_of_memory),
		ORDER_TEST(many_at_once),
		ORDER_TEST(retyping_and_missing),
		ORDER_TEST(a_rebuilt_path_appears_filled),
		ORDER_TEST(the_leaf_closes_first_and_opens_last),
	};

	seed_random("order", 71);
	return cmocka_run_group_tests_name("order of stores", tests, NULL, NULL);
}
