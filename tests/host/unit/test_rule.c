// SPDX-License-Identifier: MIT
// The table of rules: names, numbers, seals, and every error.
#include "spp/rule.h"
#include "tests/host/unit/support.h"

#define POOL_PAGES 8

struct fixture {
	struct pool *pool;
	struct rule_table t;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->pool = pool_new(POOL_PAGES);
	assert_int_equal(rule_table_init(&f->t, f->pool), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	rule_table_destroy(&f->t);
	assert_int_equal(f->pool->free_pages, POOL_PAGES);
	pool_delete(f->pool);
	free(f);
	return 0;
}

static s32 make(struct fixture *f, const char *name)
{
	return rule_create(&f->t, TESSERA_ACTION_AUDIT, name, 7, 0);
}

static void two_rules_are_built_in(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->t.count, 2);
	assert_string_equal(rule_get(&f->t, TESSERA_RULE_DENY)->name, "deny");
	assert_string_equal(rule_get(&f->t, TESSERA_RULE_ACCESS)->name, "access");
	for (u32 n = 0; n < 2; n++) {
		assert_int_equal(rule_get(&f->t, n)->action, TESSERA_ACTION_DENY);
		assert_int_equal(rule_get(&f->t, n)->flags, TESSERA_RULE_BUILTIN);
		assert_int_equal(rule_delete(&f->t, n), TESSERA_BAD_ARGUMENT);
	}
	assert_null(rule_get(&f->t, 2));
	assert_null(rule_get(&f->t, RULES_MAX));
	assert_null(rule_get(&f->t, ~0U));
}

static void a_rule_keeps_what_it_was_given(void **state)
{
	struct fixture *f = *state;
	s32 n = rule_create(&f->t, TESSERA_ACTION_FREEZE, "kernel text", 42, TESSERA_RULE_SEALED);
	struct rule *r = rule_get(&f->t, n);

	assert_int_equal(n, 2);
	assert_int_equal(r->action, TESSERA_ACTION_FREEZE);
	assert_int_equal(r->flags, TESSERA_RULE_SEALED);
	assert_int_equal(r->tag, 42);
	assert_string_equal(r->name, "kernel text");
	assert_int_equal(r->writes | r->blocked | r->regions, 0);
	assert_int_equal(rule_find(&f->t, "kernel text"), n);
	assert_int_equal(rule_find(&f->t, "kernel"), TESSERA_NOT_FOUND);
}

static void names(void **state)
{
	struct fixture *f = *state;
	char raw[TESSERA_NAME_SIZE]; // full, without a closing zero, as a guest may send it

	memset(raw, 'x', sizeof(raw));
	s32 n = make(f, raw);
	assert_true(n >= 0);
	assert_int_equal(strlen(rule_get(&f->t, n)->name), TESSERA_NAME_SIZE - 1);
	assert_int_equal(make(f, raw), TESSERA_EXISTS);
	assert_int_equal(make(f, "deny"), TESSERA_EXISTS);
	assert_int_equal(make(f, "a\x1b[2J"), TESSERA_BAD_ARGUMENT);
	assert_int_equal(make(f, "caf\xc3\xa9"), TESSERA_BAD_ARGUMENT);
	assert_int_equal(make(f, "tab\t"), TESSERA_BAD_ARGUMENT);
	assert_int_equal(make(f, "\x7f"), TESSERA_BAD_ARGUMENT);
	s32 a = make(f, ""), b = make(f, ""), c = make(f, NULL);
	assert_true(a >= 0 && b >= 0 && c >= 0 && a != b && b != c);
	assert_int_equal(rule_find(&f->t, ""), TESSERA_NOT_FOUND);
	assert_int_equal(f->t.count, 6);
}

static void bad_arguments(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rule_create(&f->t, TESSERA_ACTION_ALLOW, "", 0, 0), TESSERA_BAD_ARGUMENT);
	assert_int_equal(rule_create(&f->t, TESSERA_ACTION_COUNT, "", 0, 0), TESSERA_BAD_ARGUMENT);
	assert_int_equal(rule_create(&f->t, 0x103, "", 0, 0), TESSERA_BAD_ARGUMENT);
	assert_int_equal(rule_create(&f->t, TESSERA_ACTION_DENY, "", 0, TESSERA_RULE_BUILTIN),
			 TESSERA_BAD_ARGUMENT);
	assert_int_equal(rule_create(&f->t, TESSERA_ACTION_DENY, "", 0, 0x80),
			 TESSERA_BAD_ARGUMENT);
	assert_int_equal(rule_delete(&f->t, 99), TESSERA_NOT_FOUND);
	assert_int_equal(rule_delete(&f->t, ~0U), TESSERA_NOT_FOUND);
	assert_int_equal(rule_seal(&f->t, 99), TESSERA_NOT_FOUND);
	assert_int_equal(rule_seal(&f->t, -2), TESSERA_NOT_FOUND);
	assert_int_equal(rule_seal(&f->t, RULES_MAX), TESSERA_NOT_FOUND);
	assert_int_equal(rule_seal(&f->t, 0x100000000LL), TESSERA_NOT_FOUND);
	assert_int_equal(f->t.count, 2);
}

static void numbers_come_back_last(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(make(f, "a"), 2);
	assert_int_equal(rule_delete(&f->t, 2), 0);
	assert_null(rule_get(&f->t, 2));
	assert_int_equal(rule_find(&f->t, "a"), TESSERA_NOT_FOUND);
	for (s32 n = 3; n < RULES_MAX; n++)
		assert_int_equal(make(f, ""), n);
	assert_int_equal(make(f, "b"), 2); // only now
	assert_int_equal(make(f, "c"), TESSERA_LIMIT);
	assert_int_equal(rule_delete(&f->t, 200), 0);
	assert_int_equal(make(f, "c"), 200);
	assert_int_equal(f->t.count, RULES_MAX);
	u32 seen = 0;
	for (s32 n = rule_next(&f->t, 0); n >= 0; n = rule_next(&f->t, n + 1))
		seen++;
	assert_int_equal(seen, RULES_MAX);
	assert_int_equal(rule_next(&f->t, RULES_MAX), -1);
	assert_int_equal(rule_next(&f->t, ~0U), -1);
}

static void what_is_in_use_or_sealed_stays(void **state)
{
	struct fixture *f = *state;
	s32 n = make(f, "a");

	rule_get(&f->t, n)->regions = 1;
	assert_int_equal(rule_delete(&f->t, n), TESSERA_IN_USE);
	assert_int_equal(rule_seal(&f->t, n), 0);
	assert_int_equal(rule_delete(&f->t, n), TESSERA_SEALED);
	rule_get(&f->t, n)->regions = 0;
	assert_int_equal(rule_delete(&f->t, n), TESSERA_SEALED);
	assert_false(rule_get(&f->t, TESSERA_RULE_DENY)->flags & TESSERA_RULE_SEALED);
	s32 other = make(f, "b");
	assert_int_equal(rule_seal(&f->t, -1), 0);
	for (s32 k = rule_next(&f->t, 0); k >= 0; k = rule_next(&f->t, k + 1))
		assert_true(rule_get(&f->t, k)->flags & TESSERA_RULE_SEALED);
	assert_int_equal(rule_delete(&f->t, other), TESSERA_SEALED);
}

static void no_memory(void **state)
{
	struct fixture *f = *state;
	struct rule_table other;

	f->pool->fail_after = 1;
	assert_int_equal(rule_table_init(&other, f->pool), TESSERA_NO_MEMORY);
	u32 free_pages = f->pool->free_pages;
	while (f->t.count < RULES_PER_PAGE)
		assert_true(make(f, "") >= 0);
	f->pool->fail_after = 1;
	assert_int_equal(make(f, "a"), TESSERA_NO_MEMORY);
	assert_int_equal(f->pool->free_pages, free_pages);
	assert_int_equal(f->t.count, RULES_PER_PAGE);
	assert_int_equal(make(f, "a"), RULES_PER_PAGE);
}

#define RULE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULE_TEST(two_rules_are_built_in),
		RULE_TEST(a_rule_keeps_what_it_was_given),
		RULE_TEST(names),
		RULE_TEST(bad_arguments),
		RULE_TEST(numbers_come_back_last),
		RULE_TEST(what_is_in_use_or_sealed_stays),
		RULE_TEST(no_memory),
	};

	return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}
