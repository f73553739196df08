// SPDX-License-Identifier: MIT
// The policy's promises, one by one: errors change nothing, uniform pages stay large, shared tiles
// stay closed, the strictest rule wins, seals and lockdown hold.
#include "spp/policy.h"
#include "tests/host/unit/machines.h"
#include "tests/host/unit/reference.h"
#include "tests/host/unit/support.h"
#include "tests/host/unit/tree.h"

#define POOL_PAGES   2048
#define HIDDEN_START POOL_PA
#define HIDDEN_END   (POOL_PA + POOL_PAGES * PAGE_SIZE)
#define BASE         (2 * SIZE_2M)
#define GIG          (8 * SIZE_1G) // a GiB of one memory type

struct fixture {
	struct pool *pool;
	struct ept e, open; // `open` stays as it was built
	struct policy p;
	u32 before;
};

static int setup_engine(void **state, bool hardware)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct mtrr_state *m = &machines[0].types;

	f->pool = pool_new(POOL_PAGES);
	assert_int_equal(ept_create(&f->open, f->pool, 40, 3, m, HIDDEN_START, HIDDEN_END), 0);
	assert_int_equal(ept_create(&f->e, f->pool, 40, 3, m, HIDDEN_START, HIDDEN_END), 0);
	assert_int_equal(policy_init(&f->p, f->pool, &f->e, hardware), 0);
	f->before = f->pool->free_pages;
	*state = f;
	return 0;
}

static int hardware(void **state)
{
	return setup_engine(state, true);
}

static int software(void **state)
{
	return setup_engine(state, false);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	policy_destroy(&f->p);
	ept_destroy(&f->e);
	ept_destroy(&f->open);
	assert_int_equal(f->pool->free_pages, POOL_PAGES);
	pool_delete(f->pool);
	free(f);
	return 0;
}

static u32 tiles_at(const struct fixture *f, u64 page)
{
	u32 tiles = 0;

	for (u32 i = 0; i < 32; i++)
		if (ref_store(f->pool, f->e.root, f->p.sppt.root, 40, page + i * 128) == REF_OK)
			tiles |= 1U << i;
	assert_true(policy_in_force(&f->p, page));
	return tiles;
}

static void assert_untouched(struct fixture *f)
{
	policy_reap(&f->p);
	assert_true(tree_equal(&f->e, &f->open));
	assert_int_equal(f->p.sppt.tables.used, f->p.hardware);
	assert_int_equal(f->pool->free_pages, f->before);
}

static void errors_change_nothing(void **state)
{
	struct fixture *f = *state;
	struct policy *p = &f->p;
	u32 maps[513] = { 0 };
	static const struct {
		u32 rule;
		u64 gpa, length;
		int rc;
	} bad[] = {
		{ 0, BASE, 0, TESSERA_BAD_ARGUMENT },
		{ 0, ~0ULL, 2, TESSERA_BAD_ARGUMENT },
		{ 0, BASE, ~0ULL, TESSERA_BAD_ARGUMENT },
		{ 0, ~0ULL, 1, TESSERA_BAD_ARGUMENT },
		{ 0, BIT(40), 1, TESSERA_BAD_ADDRESS },
		{ 0, BIT(40) - 1, 2, TESSERA_BAD_ADDRESS },
		{ 0, BIT(62), 1, TESSERA_BAD_ADDRESS },
		{ 0, HIDDEN_START, 1, TESSERA_BAD_ADDRESS },
		{ 0, HIDDEN_START - 1, 2, TESSERA_BAD_ADDRESS },
		{ 0, HIDDEN_END - 1, 1, TESSERA_BAD_ADDRESS },
		{ 0, 0, BIT(40), TESSERA_BAD_ADDRESS }, // around it
		{ 2, BASE, 1, TESSERA_NOT_FOUND },
		{ ~0U, BASE, 1, TESSERA_NOT_FOUND },
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(policy_protect(p, bad[i].rule, bad[i].gpa, bad[i].length),
				 bad[i].rc);
	assert_int_equal(policy_unprotect(p, 0, BASE, 1), TESSERA_NOT_FOUND);
	assert_int_equal(policy_unprotect(p, 9, BASE, 1), TESSERA_NOT_FOUND);
	assert_int_equal(policy_access_set(p, BASE + 1, 1, maps), TESSERA_BAD_ARGUMENT);
	assert_int_equal(policy_access_set(p, BASE, 0, maps), TESSERA_BAD_ARGUMENT);
	assert_int_equal(policy_access_set(p, BASE, 513, maps), TESSERA_BAD_ARGUMENT);
	assert_int_equal(policy_access_set(p, BIT(40), 1, maps), TESSERA_BAD_ADDRESS);
	assert_int_equal(policy_access_set(p, HIDDEN_START - PAGE_SIZE, 2, maps),
			 TESSERA_BAD_ADDRESS);
	assert_int_equal(policy_access_set(p, ~0xfffULL, 1, maps), TESSERA_BAD_ARGUMENT); // wraps
	assert_int_equal(policy_access_get(p, BASE, 513, maps), TESSERA_BAD_ARGUMENT);
	assert_int_equal(policy_access_get(p, BIT(40), 1, maps), TESSERA_BAD_ADDRESS);
	assert_false(p->shootdown_owed);
	assert_int_equal(f->e.generation, 0);
	assert_int_equal(p->regions.count, 0);
	assert_untouched(f);
	assert_int_equal(policy_protect(p, 0, BASE, 64), 0);
	assert_int_equal(policy_protect(p, 0, BASE, 64), TESSERA_EXISTS);
	assert_int_equal(policy_unprotect(p, 0, BASE, 63), TESSERA_NOT_FOUND);
	assert_int_equal(policy_unprotect(p, 1, BASE, 64), TESSERA_NOT_FOUND);
	assert_int_equal(policy_protect(p, 1, BASE, 64), 0); // the same range for another rule
	assert_int_equal(rule_get(&p->rules, 0)->regions, 1);
	assert_int_equal(rule_get(&p->rules, 1)->regions, 1);
	assert_int_equal(policy_unprotect(p, 0, BASE, 64), 0);
	assert_int_equal(policy_unprotect(p, 1, BASE, 64), 0);
	assert_untouched(f);
}

// The work that one call may do under the lock does not grow with its operations.
static void a_change_has_a_size(void **state)
{
	struct fixture *f = *state;
	const u64 half = BIT(39);
	const struct policy_op ops[] = {
		{ half, half, 0, false, 0 },
		{ half, half, 1, false, 0 },
		{ half, PAGE_SIZE, 0, false, 0 },
	};
	u32 failed = 77;

	assert_int_equal(policy_change(&f->p, ops, 3, &failed), TESSERA_LIMIT);
	assert_int_equal(failed, 2);
	assert_int_equal(f->p.regions.count, 0);
	assert_int_equal(rule_get(&f->p.rules, 0)->regions, 0);
	assert_false(f->p.shootdown_owed);
	assert_untouched(f);
	assert_int_equal(policy_change(&f->p, ops, 2, &failed), 0);
	assert_int_equal(f->p.regions.count, 2);
}

static void the_first_and_the_last_byte(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(policy_protect(&f->p, 0, 0, 1), 0);
	assert_int_equal(policy_protect(&f->p, 0, BIT(40) - 1, 1), 0);
	assert_int_equal(policy_protect(&f->p, 0, HIDDEN_START - 1, 1), 0);
	assert_int_equal(policy_protect(&f->p, 0, HIDDEN_END, 1), 0);
	u32 last = f->p.hardware ? 0x7fffffff : 0, first = f->p.hardware ? 0xfffffffe : 0;
	assert_int_equal(tiles_at(f, 0), first);
	assert_int_equal(tiles_at(f, BIT(40) - PAGE_SIZE), last);
	assert_int_equal(tiles_at(f, HIDDEN_START - PAGE_SIZE), last);
	assert_int_equal(tiles_at(f, HIDDEN_END), first);
	assert_int_equal(ref_ept(f->pool, f->e.root, 40, HIDDEN_START).outcome, REF_VIOLATION);
}

static void mixed_pages_ask_the_sppt(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(policy_protect(&f->p, 0, BASE + 5 * 128 + 127, 2), 0);
	assert_true(f->p.shootdown_owed);
	assert_int_equal(policy_tiles(&f->p, BASE), ~0x60U);
	assert_int_equal(ept_lookup(&f->e, BASE).entry & (EPT_W | EPT_SPP),
			 f->p.hardware ? EPT_SPP : 0);
	assert_int_equal(tiles_at(f, BASE), f->p.hardware ? ~0x60U : 0);
	assert_int_equal(tiles_at(f, BASE + PAGE_SIZE), ~0U);
	assert_true(policy_admits(&f->p, BASE + PAGE_SIZE));
	assert_int_equal(policy_admits(&f->p, BASE + 5 * 128 - 1), f->p.hardware);
	assert_false(policy_admits(&f->p, BASE + 5 * 128));
	// Closing the rest makes the page uniform: no SPP, no path.
	f->p.shootdown_owed = false;
	assert_int_equal(policy_protect(&f->p, 0, BASE + 128, PAGE_SIZE - 128), 0);
	assert_int_equal(policy_protect(&f->p, 0, BASE + 3, 1), 0);
	assert_int_equal(f->p.shootdown_owed, f->p.hardware);
	assert_int_equal(ept_lookup(&f->e, BASE).entry & (EPT_W | EPT_SPP), 0);
	assert_int_equal(f->p.sppt.tables.used, f->p.hardware);
	assert_int_equal(tiles_at(f, BASE), 0);
}

static void a_region_inside_closed_memory_owes_nothing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(policy_protect(&f->p, 0, BASE, 2 * PAGE_SIZE), 0);
	f->p.shootdown_owed = false;
	u64 generation = f->e.generation;
	assert_int_equal(policy_protect(&f->p, 0, BASE + 100, PAGE_SIZE), 0);
	assert_int_equal(policy_unprotect(&f->p, 0, BASE + 100, PAGE_SIZE), 0);
	assert_false(f->p.shootdown_owed);
	assert_int_equal(f->e.generation, generation);
	assert_int_equal(policy_unprotect(&f->p, 0, BASE, 2 * PAGE_SIZE), 0);
	assert_false(f->p.shootdown_owed); // opening never owes one
	assert_untouched(f);
}

static void uniform_memory_stays_large(void **state)
{
	struct fixture *f = *state;
	u32 tables = f->e.tables.used;

	assert_int_equal(policy_protect(&f->p, 0, GIG, 2 * SIZE_1G), 0);
	assert_int_equal(f->e.tables.used, tables);
	assert_int_equal(ept_lookup(&f->e, GIG + SIZE_1G).size, SIZE_1G);
	assert_int_equal(ept_lookup(&f->e, GIG + SIZE_1G).entry & EPT_W, 0);
	assert_int_equal(policy_protect(&f->p, 0, GIG + 5 * SIZE_2M, SIZE_2M), 0); // no news
	assert_int_equal(f->e.tables.used, tables);
	assert_int_equal(policy_unprotect(&f->p, 0, GIG, 2 * SIZE_1G), 0); // one 2 MiB is left
	assert_int_equal(f->e.tables.used, tables + 1);
	assert_int_equal(ept_lookup(&f->e, GIG + 5 * SIZE_2M).size, SIZE_2M);
	assert_int_equal(ept_lookup(&f->e, GIG + 5 * SIZE_2M).entry & EPT_W, 0);
	assert_int_equal(ept_lookup(&f->e, GIG + SIZE_1G).size, SIZE_1G);
	assert_int_equal(policy_unprotect(&f->p, 0, GIG + 5 * SIZE_2M, SIZE_2M), 0);
	assert_untouched(f);
}

// Many small regions that together close a GiB end as one large leaf.
static void pieces_join(void **state)
{
	struct fixture *f = *state;
	const u64 rest = PAGE_SIZE + 200; // the last page is open, so that no engine joins

	assert_int_equal(policy_protect(&f->p, 0, GIG, SIZE_2M - rest), 0);
	assert_int_equal(ept_lookup(&f->e, GIG).size, PAGE_SIZE);
	assert_int_equal(policy_protect(&f->p, 0, GIG + SIZE_2M - rest, rest), 0);
	assert_int_equal(ept_lookup(&f->e, GIG).size, SIZE_2M);
	for (u64 at = GIG + SIZE_2M; at < GIG + SIZE_1G; at += SIZE_2M)
		assert_int_equal(policy_protect(&f->p, 0, at, SIZE_2M), 0);
	assert_int_equal(ept_lookup(&f->e, GIG).size, SIZE_1G);
	for (u64 at = GIG + SIZE_2M; at < GIG + SIZE_1G; at += SIZE_2M)
		assert_int_equal(policy_unprotect(&f->p, 0, at, SIZE_2M), 0);
	assert_int_equal(ept_lookup(&f->e, GIG).size, SIZE_2M);
	assert_int_equal(policy_unprotect(&f->p, 0, GIG, SIZE_2M - rest), 0);
	assert_int_equal(policy_unprotect(&f->p, 0, GIG + SIZE_2M - rest, rest), 0);
	assert_untouched(f);
}

static void shared_tiles_stay_closed(void **state)
{
	struct fixture *f = *state;

	for (u32 i = 0; i < 4; i++)
		assert_int_equal(policy_protect(&f->p, 0, BASE + 120 + i, 16), 0);
	for (u32 i = 0; i < 4; i++) {
		assert_int_equal(policy_tiles(&f->p, BASE), ~3U);
		assert_int_equal(policy_unprotect(&f->p, 0, BASE + 120 + i, 16), 0);
	}
	assert_untouched(f);
}

static void the_strictest_rule_answers(void **state)
{
	struct fixture *f = *state;
	s32 audit = rule_create(&f->p.rules, TESSERA_ACTION_AUDIT, "audit", 0, 0);
	s32 freeze = rule_create(&f->p.rules, TESSERA_ACTION_FREEZE, "freeze", 0, 0);
	u32 map = ~4U; // tile 2

	assert_int_equal(policy_protect(&f->p, audit, BASE, 300), 0);
	assert_int_equal(policy_protect(&f->p, freeze, BASE + 100, 8), 0);
	assert_int_equal(policy_access_set(&f->p, BASE, 1, &map), 0);
	struct verdict v = policy_judge(&f->p, BASE + 90, 8);
	assert_int_equal(v.action, TESSERA_ACTION_AUDIT);
	assert_int_equal(v.rule, audit);
	assert_int_equal(v.gpa, BASE + 90);
	v = policy_judge(&f->p, BASE + 96, 8); // meets both
	assert_int_equal(v.action, TESSERA_ACTION_FREEZE);
	assert_int_equal(v.rule, freeze);
	assert_int_equal(v.gpa, BASE + 100);
	v = policy_judge(&f->p, BASE + 250, 8); // audit, then the access map's tile
	assert_int_equal(v.action, TESSERA_ACTION_DENY);
	assert_int_equal(v.rule, TESSERA_RULE_ACCESS);
	assert_int_equal(v.gpa, BASE + 256);
	v = policy_judge(&f->p, BASE + 383, 1); // in the access map's tile, past the region
	assert_int_equal(v.action, TESSERA_ACTION_DENY);
	v = policy_judge(&f->p, BASE + 384, 64);
	assert_int_equal(v.action, TESSERA_ACTION_ALLOW);
	v = policy_judge(&f->p, BASE - 8, 8);
	assert_int_equal(v.action, TESSERA_ACTION_ALLOW);
	v = policy_judge(&f->p, BASE, 0);
	assert_int_equal(v.action, TESSERA_ACTION_ALLOW);
	v = policy_judge(&f->p, ~0ULL, 8);
	assert_int_equal(v.action, TESSERA_ACTION_ALLOW);
	v = policy_judge(&f->p, 0, ~0ULL);
	assert_int_equal(v.action, TESSERA_ACTION_FREEZE);
}

static void seals_hold(void **state)
{
	struct fixture *f = *state;
	struct policy *p = &f->p;
	u32 maps[2] = { 0xff, ~0U };

	assert_int_equal(policy_protect(p, 0, BASE, 64), 0);
	assert_int_equal(policy_access_set(p, GIG, 2, maps), 0);
	assert_int_equal(rule_seal(&p->rules, -1), 0);
	assert_int_equal(policy_unprotect(p, 0, BASE, 64), TESSERA_SEALED);
	assert_int_equal(policy_protect(p, 0, BASE + 64, 64), 0); // tighter is fine
	maps[0] = 0x1ff;
	assert_int_equal(policy_access_set(p, GIG, 2, maps), TESSERA_SEALED);
	maps[0] = 0x100;
	assert_int_equal(policy_access_set(p, GIG, 2, maps), TESSERA_SEALED);
	maps[0] = 0x0f;
	assert_int_equal(policy_access_set(p, GIG, 2, maps), 0);
	maps[0] = ~0U;
	assert_int_equal(policy_access_set(p, GIG, 1, maps), TESSERA_SEALED);
	assert_int_equal(policy_tiles(p, GIG), 0x0f);
	assert_int_equal(policy_tiles(p, BASE), ~1U);
}

static void lockdown_refuses_everything(void **state)
{
	struct fixture *f = *state;
	struct policy *p = &f->p;
	u32 map = 0;

	assert_int_equal(policy_protect(p, 0, BASE, 64), 0);
	p->lockdown = true;
	u64 generation = f->e.generation;
	assert_int_equal(policy_protect(p, 0, BASE + 64, 64), TESSERA_DENIED);
	assert_int_equal(policy_protect(p, 99, BASE, 0), TESSERA_DENIED);
	assert_int_equal(policy_unprotect(p, 0, BASE, 64), TESSERA_DENIED);
	assert_int_equal(policy_access_set(p, BASE, 1, &map), TESSERA_DENIED);
	assert_int_equal(policy_access_get(p, BASE, 1, &map), 0);
	assert_int_equal(map, ~1U);
	assert_int_equal(f->e.generation, generation);
}

static void access_maps(void **state)
{
	struct fixture *f = *state;
	struct policy *p = &f->p;
	u32 maps[512], got[512];

	for (u32 i = 0; i < 512; i++)
		maps[i] = i % 7 ? i * 2654435761U : ~0U;
	assert_int_equal(policy_access_set(p, GIG + 100 * PAGE_SIZE, 512, maps), 0);
	assert_int_equal(policy_protect(p, 0, GIG + 101 * PAGE_SIZE + 5, 1), 0);
	assert_int_equal(policy_access_get(p, GIG + 100 * PAGE_SIZE, 512, got), 0);
	for (u32 i = 0; i < 512; i++) {
		assert_int_equal(got[i], i == 1 ? maps[i] & ~1U : maps[i]);
		if (p->hardware)
			assert_int_equal(tiles_at(f, GIG + (100 + i) * PAGE_SIZE), got[i]);
	}
	assert_int_equal(rule_get(&p->rules, TESSERA_RULE_ACCESS)->regions, 512 - 74);
	p->shootdown_owed = false;
	u64 generation = f->e.generation;
	assert_int_equal(policy_access_set(p, GIG + 100 * PAGE_SIZE, 512, maps), 0); // no change
	assert_false(p->shootdown_owed);
	assert_int_equal(f->e.generation, generation);
	memset(maps, 0xff, sizeof(maps));
	assert_int_equal(policy_access_set(p, GIG + 100 * PAGE_SIZE, 512, maps), 0);
	assert_false(p->shootdown_owed);
	assert_int_equal(policy_unprotect(p, 0, GIG + 101 * PAGE_SIZE + 5, 1), 0);
	assert_int_equal(rule_get(&p->rules, TESSERA_RULE_ACCESS)->regions, 0);
	assert_untouched(f);
}

static void a_closed_chunk_is_one_leaf(void **state)
{
	struct fixture *f = *state;
	u32 maps[512] = { 0 };
	u32 tables = f->e.tables.used;

	assert_int_equal(policy_access_set(&f->p, GIG, 512, maps), 0);
	assert_int_equal(ept_lookup(&f->e, GIG).size, SIZE_2M);
	assert_int_equal(ept_lookup(&f->e, GIG).entry & EPT_W, 0);
	assert_int_equal(f->e.tables.used, tables + 1); // 1 GiB became 2 MiB leaves
	assert_int_equal(f->p.sppt.tables.used, f->p.hardware);
	memset(maps, 0xff, sizeof(maps));
	assert_int_equal(policy_access_set(&f->p, GIG, 512, maps), 0);
	assert_untouched(f);
}

// Every allocation of every call fails once.
static void each_call_fails_as_a_whole(void **state)
{
	struct fixture *f = *state;
	struct policy *p = &f->p;
	u32 maps[512];

	memset(maps, 0x33, sizeof(maps));
	for (u32 n = 1;; n++) {
		f->pool->fail_after = n;
		int rc = policy_protect(p, 0, GIG + SIZE_2M - 77, SIZE_1G + 100);
		if (rc == TESSERA_OK)
			break;
		assert_int_equal(rc, TESSERA_NO_MEMORY);
		assert_false(p->shootdown_owed);
		assert_int_equal(p->regions.count, 0);
		assert_int_equal(rule_get(&p->rules, 0)->regions, 0);
		assert_untouched(f);
		assert_true(n < 30);
	}
	f->pool->fail_after = 0;
	assert_int_equal(policy_unprotect(p, 0, GIG + SIZE_2M - 77, SIZE_1G + 100), 0);
	assert_untouched(f);
	for (u32 n = 1;; n++) {
		f->pool->fail_after = n;
		int rc = policy_access_set(p, GIG + SIZE_2M * 3 / 2, 512, maps);
		if (rc == TESSERA_OK)
			break;
		assert_int_equal(rc, TESSERA_NO_MEMORY);
		assert_int_equal(p->access.pages, 0);
		assert_int_equal(rule_get(&p->rules, TESSERA_RULE_ACCESS)->regions, 0);
		assert_untouched(f);
		assert_true(n < 30);
	}
}

// What is left behind may need smaller pages than what goes.
static void unprotect_may_need_memory(void **state)
{
	struct fixture *f = *state;
	struct policy *p = &f->p;

	assert_int_equal(policy_protect(p, 0, GIG, SIZE_1G), 0);
	assert_int_equal(policy_protect(p, 0, GIG + SIZE_2M - 1, 2), 0);
	u32 free_pages = f->pool->free_pages;
	for (u32 n = 1;; n++) {
		f->pool->fail_after = n;
		int rc = policy_unprotect(p, 0, GIG, SIZE_1G);
		if (rc == TESSERA_OK)
			break;
		assert_int_equal(rc, TESSERA_NO_MEMORY);
		policy_reap(p);
		assert_int_equal(f->pool->free_pages, free_pages);
		assert_int_equal(p->regions.count, 2);
		assert_int_equal(ept_lookup(&f->e, GIG).size, SIZE_1G);
		assert_int_equal(policy_judge(p, GIG, 1).action, TESSERA_ACTION_DENY);
		assert_true(n < 30);
	}
	f->pool->fail_after = 0;
	assert_int_equal(tiles_at(f, GIG), ~0U);
	assert_int_equal(tiles_at(f, GIG + SIZE_2M), p->hardware ? ~1U : 0);
	assert_int_equal(policy_unprotect(p, 0, GIG + SIZE_2M - 1, 2), 0);
	assert_untouched(f);
}

static void a_new_policy_without_memory(void **state)
{
	struct fixture *f = *state;
	struct policy other;

	for (u32 n = 1; n <= (f->p.hardware ? 3U : 1U); n++) {
		f->pool->fail_after = n;
		assert_int_equal(policy_init(&other, f->pool, &f->e, f->p.hardware),
				 TESSERA_NO_MEMORY);
		assert_int_equal(f->pool->free_pages, f->before);
	}
	f->pool->fail_after = 0;
}

static void a_missing_path_is_rebuilt_or_done_without(void **state)
{
	struct fixture *f = *state;
	struct policy *p = &f->p;

	assert_int_equal(policy_protect(p, 0, BASE + 128, 1), 0);
	assert_int_equal(policy_protect(p, 0, BASE + PAGE_SIZE, 1), 0);
	assert_false(policy_miss(p, HIDDEN_START, false));
	assert_false(policy_miss(p, BIT(40), false));
	assert_int_equal(p->misses, 0);
	sppt_drop(&p->sppt, BASE);
	assert_int_equal(ref_store(f->pool, f->e.root, p->sppt.root, 40, BASE), REF_SPP_MISS);
	assert_false(policy_in_force(p, BASE));
	assert_true(policy_miss(p, BASE, false));
	assert_int_equal(p->misses, 1);
	assert_int_equal(tiles_at(f, BASE), ~2U);
	assert_int_equal(tiles_at(f, BASE + PAGE_SIZE), ~1U);
	// Without memory the page that missed is closed, and software serves it.
	sppt_drop(&p->sppt, BASE);
	f->pool->fail_after = 1;
	p->shootdown_owed = false;
	assert_true(policy_miss(p, BASE, false));
	assert_int_equal(p->misses_no_memory, 1);
	assert_true(p->shootdown_owed);
	assert_int_equal(tiles_at(f, BASE), 0);
	assert_int_equal(policy_judge(p, BASE, 128).action, TESSERA_ACTION_ALLOW);
	assert_false(policy_admits(p, BASE)); // so the caller steps
	f->pool->fail_after = 1;
	assert_true(policy_miss(p, BASE + PAGE_SIZE, false));
	assert_int_equal(tiles_at(f, BASE + PAGE_SIZE), 0);
	// The next change that finds memory brings both back to hardware.
	f->pool->fail_after = 0;
	assert_int_equal(policy_protect(p, 0, BASE + 9 * PAGE_SIZE, 1), 0);
	assert_int_equal(tiles_at(f, BASE), ~2U);
	assert_int_equal(tiles_at(f, BASE + PAGE_SIZE), ~1U);
}

// Whatever was written into the tables by mistake, a sync puts the rules back into force.
static void sync_heals(void **state)
{
	struct fixture *f = *state;
	struct policy *p = &f->p;

	assert_int_equal(policy_protect(p, 0, BASE + 128, SIZE_2M), 0);
	assert_int_equal(policy_protect(p, 0, GIG, SIZE_1G), 0);
	ept_set_write(&f->e, BASE, 2 * SIZE_2M, EPT_W);
	ept_set_write(&f->e, GIG, SIZE_1G, EPT_W);
	if (p->hardware)
		*sppt_walk(&p->sppt, BASE, NULL) = SPPT_ALL_OPEN;
	assert_false(policy_in_force(p, BASE));
	assert_false(policy_in_force(p, GIG));
	p->shootdown_owed = false;
	assert_int_equal(policy_sync(p, 0, BIT(40)), 0);
	assert_true(p->shootdown_owed);
	assert_int_equal(tiles_at(f, BASE), p->hardware ? 1 : 0);
	assert_int_equal(tiles_at(f, BASE + SIZE_2M), p->hardware ? ~1U : 0);
	assert_int_equal(tiles_at(f, GIG), 0);
}

#define BOTH(name)                                                 \
	{ #name ", hardware", name, hardware, teardown, NULL },    \
	{                                                          \
#name ", software", name, software, teardown, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(errors_change_nothing),
		BOTH(a_change_has_a_size),
		BOTH(the_first_and_the_last_byte),
		BOTH(mixed_pages_ask_the_sppt),
		BOTH(a_region_inside_closed_memory_owes_nothing),
		BOTH(uniform_memory_stays_large),
		BOTH(pieces_join),
		BOTH(shared_tiles_stay_closed),
		BOTH(the_strictest_rule_answers),
		BOTH(seals_hold),
		BOTH(lockdown_refuses_everything),
		BOTH(access_maps),
		BOTH(a_closed_chunk_is_one_leaf),
		BOTH(each_call_fails_as_a_whole),
		BOTH(unprotect_may_need_memory),
		BOTH(a_new_policy_without_memory),
		{ "a missing path", a_missing_path_is_rebuilt_or_done_without, hardware, teardown,
		  NULL },
		BOTH(sync_heals),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
