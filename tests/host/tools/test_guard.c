// SPDX-License-Identifier: MIT
// protect and what undoes it, seal, lockdown, and the places that memory is named by.
#include "tests/host/tools/fake.h"

#include <errno.h>
#include <stdio.h>

static void fake_kernel(void)
{
	fake_text("/proc/kallsyms", "ffffffff82000300 D after\n"
				    "ffffffff82000080 R table_of_others\n"
				    "ffffffff82000090 R a_table\n"
				    "ffffffff82000100 R table\n"
				    "ffffffff82000180 r its_end\n"
				    "ffffffff82000180 d twin\n"
				    "ffffffff820001a0 d twin\n"
				    "ffffffff82000200 d alias\n"
				    "ffffffff82000200 d alias\n"
				    "ffffffff82000280 d last_but_one\n"
				    "ffffffffc0000010 d table\t[mod]\n"
				    "ffffffffc0000050 d more\t[mod]\n"
				    "0000000000000000 d hidden\n");
	fake_text("/sys/module/mod/sections/.text", "0xffffffffc0000000\n");
	fake_text("/sys/module/mod/sections/.rodata", "0xffffffffc0002000\n");
	fake_text("/sys/module/mod/sections/.data", "0xffffffffc0003000\n");
	fake_text("/sys/module/mod/sections/.zero", "0x0000000000000000\n");
	fake_text("/proc/modules", "other 4096 0 - Live 0xffffffffc0010000\n"
				   "mod 20480 1 other, Live 0xffffffffc0000000 (OE)\n");
}

static void expect_guard(const char *words, uint32_t space, uint64_t start, uint64_t length)
{
	const struct tessera_guard *g = &fake.guards[0];
	char unprotect[32];

	succeeds(words);
	assert_int_equal(fake.guard_count, 1);
	assert_int_equal(g->space, space);
	assert_int_equal(g->start, start);
	assert_int_equal(g->length, length);
	assert_int_equal(g->flags, TESSERA_GUARD_KEEP);
	snprintf(unprotect, sizeof(unprotect), "unprotect %u", g->number);
	succeeds(unprotect);
	assert_int_equal(fake.guard_count, 0);
}

static void each_kind_of_place(void **state)
{
	(void)state;
	fake_kernel();
	expect_guard("protect --phys 0x10000 --len 4K", TESSERA_SPACE_PHYSICAL, 0x10000, 4096);
	expect_guard("protect --phys 0x10 --len 010", TESSERA_SPACE_PHYSICAL, 16, 10);
	expect_guard("protect --symbol table", TESSERA_SPACE_KERNEL, 0xffffffff82000100, 0x80);
	expect_guard("protect --symbol table --len 24", TESSERA_SPACE_KERNEL, 0xffffffff82000100,
		     24);
	expect_guard("protect --symbol table --module mod", TESSERA_SPACE_KERNEL,
		     0xffffffffc0000010, 0x40);
	expect_guard("protect --symbol twin --which 1", TESSERA_SPACE_KERNEL, 0xffffffff82000180,
		     0x20);
	expect_guard("protect --symbol twin --which 2", TESSERA_SPACE_KERNEL, 0xffffffff820001a0,
		     0x60);
	expect_guard("protect --symbol alias", TESSERA_SPACE_KERNEL, 0xffffffff82000200, 0x80);
	expect_guard("protect --module mod", TESSERA_SPACE_KERNEL, 0xffffffffc0002000, 0x1000);
	expect_guard("protect --module mod --section .data", TESSERA_SPACE_KERNEL,
		     0xffffffffc0003000, 0x2000);
	expect_guard("protect --pid 12 --addr 0x7000 --len 1M", TESSERA_SPACE_PROCESS, 0x7000,
		     1 << 20);
}

static void places_that_are_none(void **state)
{
	static const struct {
		const char *words, *why;
		int status;
	} cases[] = {
		{ "", "name exactly one target", USAGE },
		{ "--len 1", "name exactly one target", USAGE },
		{ "--phys 1 --symbol x --len 1", "name exactly one target", USAGE },
		{ "--phys 1 --module x --len 1", "name exactly one target", USAGE },
		{ "--phys 1 --pid 1 --addr 1 --len 1", "name exactly one target", USAGE },
		{ "--section .data", "name exactly one target", USAGE },
		{ "--symbol x --module y --section z", "not both", USAGE },
		{ "--section x --phys 1", "needs its module", USAGE },
		{ "--phys 1", "needs a length", USAGE },
		{ "--pid 1 --len 1", "needs an address", USAGE },
		{ "--addr 1 --len 1", "needs the process (pid)", USAGE },
		{ "--pid 1 --addr 1", "needs a length", USAGE },
		{ "--pid 8G --addr 1 --len 1", "the pid is too large", USAGE },
		{ "--phys 1 --len 0", "the length is 0", USAGE },
		{ "--phys -1 --len 1", "is not a number", USAGE },
		{ "--phys 1x --len 1", "is not a number", USAGE },
		{ "--phys 1KK --len 1", "is not a number", USAGE },
		{ "--phys 99999999999999999999 --len 1", "is not a number", USAGE },
		{ "--phys 0x8000000000000000K --len 1", "is not a number", USAGE },
		{ "--phys 1 --len 1 --action maybe", "`maybe` is not an action", USAGE },
		{ "--phys 1 --len 1 --action allow", "`allow` is not an action", USAGE },
		{ "--phys 1 --len 1 --name 123456789012345678901234", "at most 23", USAGE },
		{ "--phys 1 --len 1 --name deny --action audit", "another action: use deny",
		  REFUSED },
		{ "--symbol nothing", "the kernel has no symbol nothing", REFUSED },
		{ "--symbol hidden", "hides its addresses", REFUSED },
		{ "--symbol after", "the end of after is unknown", REFUSED },
		{ "--symbol twin",
		  "several symbols are called twin; choose one with which N: 1 is "
		  "0xffffffff82000180, 32 bytes before twin; 2 is 0xffffffff820001a0, 96 bytes "
		  "before alias\n",
		  REFUSED },
		{ "--symbol twin --which 3", "fewer than 3 symbols called twin", REFUSED },
		{ "--symbol twin --which 0", "which counts from 1", USAGE },
		{ "--which 1 --phys 1 --len 1", "which needs the name of a symbol", USAGE },
		{ "--symbol table --module away", "in the module away: is the module loaded?",
		  REFUSED },
		{ "--module away", "no section .rodata in the module away", REFUSED },
		{ "--module mod --section .zero", "hides its addresses", REFUSED },
		{ "--module mod/.. --section .data", "out of its range", REFUSED },
	};
	char words[256];

	(void)state;
	fake_kernel();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(words, sizeof(words), "protect %s", cases[i].words);
		fails(words, cases[i].status, cases[i].why);
	}
	assert_int_equal(fake.guard_count, 0);
	assert_int_equal(fake.rule_count, 2);
}

static void a_rule_is_made_once(void **state)
{
	(void)state;
	assert_says(succeeds("protect --phys 0 --len 8 --name mine --action discard")->out,
		    "guard 1: 8 bytes, discard\n");
	succeeds("protect --phys 4K --len 8 --name mine --action discard");
	assert_int_equal(fake.rule_count, 3);
	assert_int_equal(fake.guards[0].rule, 2);
	assert_int_equal(fake.guards[1].rule, 2);
	fails("protect --phys 8K --len 8 --name mine", REFUSED, "another action: use discard");
	succeeds("protect --phys 8K --len 8");
	assert_int_equal(fake.guards[2].rule, TESSERA_RULE_DENY);
	assert_int_equal(fake.rule_count, 3);
}

static void what_fails_leaves_no_rule(void **state)
{
	(void)state;
	fake.error[_IOC_NR(TESSERA_IOC_GUARD)] = ENXIO;
	fails("protect --phys 0 --len 8 --name mine", REFUSED, "no memory at this address");
	assert_int_equal(fake.rule_count, 2);
}

static void for_a_time_leaves_nothing(void **state)
{
	(void)state;
	assert_says(succeeds("protect --phys 0 --len 8 --name mine --for 0")->out, "guard 1: ");
	assert_int_equal(fake.last_guard, 1);
	assert_int_equal(fake.guard_count, 0);
	assert_int_equal(fake.rule_count, 2);
}

static void unprotect_wants_a_number(void **state)
{
	(void)state;
	fails("unprotect", USAGE, "give the number of a guard");
	fails("unprotect x", USAGE, "give the number of a guard");
	fails("unprotect 4G", USAGE, "give the number of a guard");
	fails("unprotect 1", REFUSED, "not found");
}

static void seals_hold(void **state)
{
	(void)state;
	succeeds("protect --phys 0 --len 8 --name stone");
	succeeds("seal stone");
	fails("unprotect 1", REFUSED, "sealed and stays so until the machine is reset");
	fails("seal nothing", REFUSED, "not found");
	fails("seal", USAGE, "give either the name of a rule or --all");
	fails("seal stone --all", USAGE, "give either the name of a rule or --all");
	assert_false(fake.sealed);
	succeeds("seal --all");
	assert_true(fake.sealed);
}

// What a stop of the service and a removal of the package leave behind.
static void remaining_tells_what_stays(void **state)
{
	(void)state;
	assert_string_equal(succeeds("remaining")->out,
			    "no guard and no sealed rule protects memory\n");
	succeeds("protect --phys 0 --len 8 --name stone");
	succeeds("protect --phys 4K --len 8 --name sand");
	assert_string_equal(succeeds("remaining")->out,
			    "guards under rules that are not sealed: 2; they stay in force until "
			    "`tesseractl unprotect` or a reset\n");
	fake.rules[2].regions = 3;
	succeeds("seal stone");
	assert_string_equal(succeeds("remaining")->out,
			    "sealed rules: stone; their regions (3) stay protected until the "
			    "machine is reset\n"
			    "guards under rules that are not sealed: 1; they stay in force until "
			    "`tesseractl unprotect` or a reset\n");
	succeeds("lockdown");
	assert_says(succeeds("remaining")->out, "the policy is locked down or another agent ");
	fake.locked = false;
	fake.error[_IOC_NR(TESSERA_IOC_GUARD_GET)] = EIO;
	fails("remaining", REFUSED, "remaining: ");
}

static void lockdown_refuses_changes(void **state)
{
	(void)state;
	succeeds("lockdown");
	fails("protect --phys 0 --len 1", REFUSED, "locked down");
	fails("rules", REFUSED, "locked down");
	succeeds("list");
}

// Here nothing is enforced: the test must see it.
static void selftest_sees_what_does_not_hold(void **state)
{
	(void)state;
	const struct outcome *o = run_tool("selftest");

	assert_int_equal(o->status, FAULTY);
	assert_says(o->out, "FAILED: deny: a program that writes gets a fault\n");
	assert_says(o->out, "FAILED: an event reports the write\n");
	assert_says(o->out, "ok: the bytes next to the region can be written\n");
	assert_says(o->out, "selftest: FAILED: the protection does not hold");
	assert_int_equal(fake.guard_count, 0);
	assert_int_equal(fake.rule_count, 2);
	fake.error[_IOC_NR(TESSERA_IOC_GUARD)] = ENOSPC;
	fails("selftest", REFUSED, "too many");
	assert_int_equal(fake.rule_count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_kind_of_place),
		TEST(places_that_are_none),
		TEST(a_rule_is_made_once),
		TEST(what_fails_leaves_no_rule),
		TEST(for_a_time_leaves_nothing),
		TEST(unprotect_wants_a_number),
		TEST(seals_hold),
		TEST(remaining_tells_what_stays),
		TEST(lockdown_refuses_changes),
		TEST(selftest_sees_what_does_not_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
