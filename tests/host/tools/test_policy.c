// SPDX-License-Identifier: MIT
// Policy files: each fault is named with its line, all or nothing is done, and twice is like once.
#include "tests/host/tools/fake.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define GOOD                                \
	"# a comment\n"                     \
	"rule  table deny   # another\n"    \
	"rule\tseen  audit\r\n"             \
	"\n"                                \
	"region table symbol table\n"       \
	"region table phys 0x10000 len 8\n" \
	"region seen module mod section .data\n"

static char words[600];

static const char *apply_words(const char *text, const char *options)
{
	fake_text("/policy", text);
	snprintf(words, sizeof(words), "apply %s %s", fake_path("/policy"), options);
	return words;
}

static void fake_kernel(void)
{
	fake_text("/proc/kallsyms", "ffffffff82000100 R table\nffffffff82000180 r its_end\n"
				    "ffffffff82000200 r twin\nffffffff82000280 r twin\n");
	fake_text("/sys/module/mod/sections/.data", "0xffffffffc0003000\n");
	fake_text("/proc/modules", "mod 20480 0 - Live 0xffffffffc0000000\n");
}

static void a_file_is_applied_once(void **state)
{
	(void)state;
	fake_kernel();
	assert_says(succeeds(apply_words(GOOD, "--check"))->out,
		    "2 rules, 3 regions: no errors found");
	assert_int_equal(fake.rule_count, 2);
	assert_int_equal(fake.guard_count, 0);

	assert_says(succeeds(apply_words(GOOD, ""))->out,
		    "3 regions under 2 rules are in force; 5 changes\n");
	assert_int_equal(fake.rule_count, 4);
	assert_int_equal(fake.guard_count, 3);
	assert_int_equal(fake.guards[0].start, 0xffffffff82000100);
	assert_int_equal(fake.guards[0].rule, 2);
	assert_int_equal(fake.guards[0].flags, TESSERA_GUARD_KEEP);
	assert_int_equal(fake.guards[2].rule, 3);
	assert_int_equal(fake.guards[2].length, 0x2000);

	assert_says(succeeds(apply_words(GOOD, ""))->out, " 0 changes\n");
	assert_int_equal(fake.guard_count, 3);
	assert_says(succeeds(apply_words(GOOD "region seen phys 1M len 1\n", ""))->out,
		    " 1 changes\n");
}

// F5: a guard in the list is not enough: memory that was opened is protected again.
static void opened_memory_is_protected_again(void **state)
{
	(void)state;
	fake_kernel();
	succeeds(apply_words(GOOD, ""));
	fake.guards[1].flags |= TESSERA_GUARD_OPENED;
	assert_says(succeeds(apply_words(GOOD, ""))->out, " 1 changes\n");
	assert_int_equal(fake.guard_count, 3);
	for (unsigned int i = 0; i < fake.guard_count; i++)
		assert_int_equal(fake.guards[i].flags, TESSERA_GUARD_KEEP);
	assert_says(succeeds(apply_words(GOOD, ""))->out, " 0 changes\n");
}

static void seals_come_last_and_once(void **state)
{
	(void)state;
	fake_kernel();
	assert_says(succeeds(apply_words(GOOD "seal table\n", ""))->out, " 6 changes\n");
	assert_int_equal(fake.rules[2].flags, TESSERA_RULE_SEALED);
	assert_int_equal(fake.rules[3].flags, 0);
	assert_says(succeeds(apply_words(GOOD "seal table\n", ""))->out, " 0 changes\n");
	assert_false(fake.sealed);
	succeeds(apply_words(GOOD "seal all\n", ""));
	assert_true(fake.sealed);
}

static void each_fault_has_its_line(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "dance\n",
		  "/policy:1: a line must begin with rule, region or seal, not with `dance`" },
		{ "\n\nrule\n", "/policy:3: a rule line needs a name and an action" },
		{ "rule a deny b\n", ":1: a rule line needs a name and an action" },
		{ "rule a maybe\n",
		  ":1: `maybe` is not an action: use audit, discard, deny or freeze" },
		{ "rule all deny\n", ":1: a rule cannot be named all" },
		{ "rule a deny\nrule a deny\n", ":2: the rule a is already defined in line 1" },
		{ "rule 123456789012345678901234 deny\n",
		  ":1: `123456789012345678901234` is not a rule name" },
		{ "rule \x80 deny\n", "is not a rule name" },
		{ "region\n", ":1: a region line needs a rule and a target" },
		{ "region a phys 1 len 1\nrule a deny\n", ":1: no rule a is defined above" },
		{ "rule a deny\nregion a\n", ":2: name exactly one target" },
		{ "rule a deny\nregion a phys 1\n", ":2: a physical address needs a length" },
		{ "rule a deny\nregion a phys x len 1\n", ":2: phys: `x` is not a number" },
		{ "rule a deny\nregion a phys 1 len\n", ":2: len needs a value" },
		{ "rule a deny\nregion a phys 1 phys 1\n", ":2: phys is given twice" },
		{ "rule a deny\nregion a pid 1 addr 1 len 1\n", ":2: `pid` is not one of symbol" },
		{ "rule a deny\nregion a symbol twin\n", ":2: several symbols are called twin" },
		{ "rule a deny\nregion a symbol twin which 3\n", ":2: there are fewer than 3" },
		{ "rule a deny\nregion a bytes 1\n", ":2: `bytes` is not one of symbol" },
		{ "seal\n", ":1: a seal line needs one rule, or all" },
		{ "seal a\n", ":1: no rule a is defined above" },
		{ "rule a deny\nregion a symbol none\n", ":2: the kernel has no symbol none" },
		{ "rule a deny\nregion a module none\n",
		  "in the module none: is the module loaded?" },
		{ "rule deny audit\n", ":1: the rule deny exists with another action: use deny" },
		{ "rule a deny 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n", ":1: too many words" },
	};

	(void)state;
	fake_kernel();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fails(apply_words(cases[i].text, ""), BAD_POLICY, cases[i].says);
		fails(apply_words(cases[i].text, "--check"), BAD_POLICY,
		      "1 errors; nothing was changed");
		assert_int_equal(fake.rule_count, 2);
		assert_int_equal(fake.guard_count, 0);
	}
	fake_file("/policy", "rule a\0deny\n", 12);
	fails(words, BAD_POLICY, ":1: the line holds a zero byte");
}

static void all_faults_are_named_at_once(void **state)
{
	(void)state;
	const struct outcome *o =
		run_tool(apply_words("rule a x\nrule b deny\nregion c phys 1 len 1\n", ""));

	assert_says(o->err, ":1: ");
	assert_says(o->err, ":3: ");
	assert_says(o->err, "2 errors; nothing was changed");
}

static void a_change_that_fails_is_taken_back(void **state)
{
	(void)state;
	fake_kernel();
	succeeds("protect --phys 1M --len 1 --name before");
	fake.fail_after = 3;
	fails(apply_words(GOOD "seal all\n", ""), REFUSED, ":7: too many");
	assert_int_equal(fake.guard_count, 1);
	assert_int_equal(fake.rule_count, 3);
	assert_false(fake.sealed);
}

static void a_seal_that_fails_is_told(void **state)
{
	(void)state;
	fake_kernel();
	fake.error[_IOC_NR(TESSERA_IOC_SEAL)] = EACCES;
	fails(apply_words(GOOD "seal seen\n", ""), REFUSED,
	      ":8: cannot seal: access denied: be root");
	assert_int_equal(fake.guard_count, 3);
}

static void without_a_device_only_words_are_checked(void **state)
{
	(void)state;
	fake.open_error = ENOENT;
	const struct outcome *o = run_tool(apply_words(GOOD, "--check"));

	assert_int_equal(o->status, DONE);
	assert_says(o->err, "only the syntax was checked");
	fails(apply_words(GOOD, ""), NO_DEVICE, "modprobe tessera");
	fails(apply_words("rule\n", "--check"), BAD_POLICY, ":1: ");
}

static void the_usual_file(void **state)
{
	(void)state;
	fails("apply", REFUSED, "/etc/tessera/policy.conf: No such file");
	fake_text("/etc/tessera/policy.conf", "rule a deny\n");
	assert_says(succeeds("apply")->out, "0 regions under 1 rules");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_is_applied_once),
		TEST(opened_memory_is_protected_again),
		TEST(seals_come_last_and_once),
		TEST(each_fault_has_its_line),
		TEST(all_faults_are_named_at_once),
		TEST(a_change_that_fails_is_taken_back),
		TEST(a_seal_that_fails_is_told),
		TEST(without_a_device_only_words_are_checked),
		TEST(the_usual_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
