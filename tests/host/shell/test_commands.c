// SPDX-License-Identifier: MIT
// Sources: hv/lib/number.c
// Sources: hv/lib/format.c hv/core/log.c hv/lib/pool.c hv/console/commands.c hv/console/cmd/*.c
// Sources: hv/console/shell/*.c ept/*.c spp/*.c hv/core/power_off.c hv/core/guest_walk.c
// Sources: vmx/vmcs/names.c vmx/exit/timing.c tests/host/shell/fake_vm.c
// Sources: tests/host/shell/fake_guest.c tests/host/shell/terminal.c tests/host/shell/operator.c
// The real command table over a VM on the host: every command with good and bad arguments.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hv/core/drill.h"
#include "tests/host/shell/operator.h"

static void every_entry_is_well_formed(void **state)
{
	(void)state;
	for (u32 i = 0; i < command_count; i++) {
		const struct command *c = &commands[i];
		size_t name = strlen(c->name);

		assert_in_range(name, 2, COMMAND_NAME_MAX);
		assert_int_equal(strspn(c->name, "abcdefghijklmnopqrstuvwxyz"), name);
		assert_in_range(strlen(c->help), 5, COMMAND_HELP_MAX);
		assert_int_equal(c->about[strlen(c->about) - 1], '.');
		assert_memory_equal(c->example, c->name, name);
		assert_true(c->min_args <= c->max_args && c->max_args <= COMMAND_ARGS_MAX);
		assert_int_equal(c->args[0] != 0, c->max_args != 0);
		assert_non_null(c->run);
		assert_ptr_equal(shell_command(c->name), c);
		assert_true(strlen(c->name) + 1 + strlen(c->args) + 7 < SCREEN_COLUMNS);
	}
}

static void help_fits_one_screen(void **state)
{
	(void)state;
	assert_true(says("help", "protect      protect a range"));
	assert_true(t.y - mark + 1 <= SCREEN_ROWS);
	for (u32 i = 0; i < command_count; i++) {
		char line[64];
		u32 rows;

		assert_true(terminal_shows(&t, 0, commands[i].help));
		snprintf(line, sizeof(line), "help %s", commands[i].name);
		assert_true(says(line, commands[i].example));
		rows = t.y - mark;
		assert_in_range(rows, 3, 8);
		for (u32 row = mark; row < t.y; row++)
			assert_true(strlen(t.row[row]) < TERMINAL_COLUMNS);
	}
	assert_says("help exit", "did you mean `exits`");
	assert_says("qq", "no command `qq`: `help` lists them");
	assert_says("help nonsense", "no command `nonsense`");
}

// Every example must work as it stands: no usage, no error.
static void every_example_works(void **state)
{
	(void)state;
	for (u32 i = 0; i < command_count; i++) {
		if (strcmp(commands[i].name, "reboot") == 0)
			continue;
		says(commands[i].example, "");
		if (strcmp(commands[i].name, "help") != 0)
			assert_hides("usage:");
		assert_hides("no such");
	}
}

static void every_command_survives_every_argument(void **state)
{
	static const char *const words[] = {
		"",
		"x",
		"0",
		"1",
		"4",
		"0x1000",
		"0xffffffffffffffff",
		"1G..2G",
		"0+1",
		"on",
		"deny",
		"info",
		"99999999999999999999",
		"a b",
		"a b c",
		"0x1000+0x80 deny a b",
		"\"\"",
		"\"a b\"",
	};

	(void)state;
	for (u32 i = 0; i < command_count; i++) {
		if (strcmp(commands[i].name, "reboot") == 0)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(words); j++) {
			char line[LINE_SIZE];

			snprintf(line, sizeof(line), "%s %s", commands[i].name, words[j]);
			says(line, "");
			prompt_and_lock_are_back(NULL);
		}
	}
}

static void commands_of_the_machine(void **state)
{
	(void)state;
	vm0.cpu[0]->exits[REASON_CPUID] = 40;
	vm0.cpu[2]->exits[REASON_CPUID] = 2;
	vm0.cpu[2]->exits[REASON_SPP] = 7;
	vm0.cpu[2]->exits_total = 9;
	assert_says("version", "engine: hardware (SPP)");
	assert_says("cpus", "(this console)");
	assert_shows("guest");
	assert_says("exits", "10 CPUID                              42");
	assert_shows("66 SPP");
	assert_says("exits 2", "10 CPUID                               2");
	assert_says("exits 4", "there is no CPU 4: use 0 to 3");
	assert_says("exits x", "`x` is not a number");
	assert_says("vm", "4 CPUs, engine hardware");
	assert_says("pool", "pool            4096 pages");
	assert_says("time", "seconds since the counter started");
}

static void ept_shows_the_leaf(void **state)
{
	(void)state;
	assert_says("ept 0x100000", "1 GiB page at 0x0, rwx, WB");
	assert_says("ept 0x800000000", "Tessera's own memory");
	assert_says("ept 64G", "beyond this machine's 36 address bits");
	assert_says("ept nowhere", "usage: ept GPA");
	assert_says("protect 2M+4K", "protected 0x200000..0x201000, deny");
	assert_says("ept 2M", "4 KiB page at 0x200000, r-x, WB");
	assert_says("protect 0x300080+0x80", "protected");
	assert_says("ept 0x300000", "r-x writes by tile, WB");
}

static void spp_draws_the_mosaic(void **state)
{
	(void)state;
	assert_says("protect 0x200080+0x80", "protected");
	assert_says("protect 0x200400..0x200440 audit watched", "protected");
	assert_says("protect 0x200f80+0x80 discard", "protected");
	assert_says("spp 0x200123", "  +000    ..   ##   ..   ..");
	assert_shows("  +400    o.   ..");
	assert_shows("  +c00    ..   ..   ..   ..   ..   ..   ..   ~~");
	assert_shows(".. open  oo audit  ~~ discard  ## deny");
	assert_shows("open tiles 0x7ffffefd, in force");
	assert_shows("tiles  1..1   +080..+0ff  deny    deny (rule 0)");
	assert_shows("tiles  8..8   +400..+43f  audit   watched");
	assert_says("spp 0x201000", "open tiles 0xffffffff, in force");
	assert_says("protect 0x202000+0x20", "protected");
	assert_says("protect 0x202060+0x20", "protected");
	assert_says("spp 0x202000", "  +000    #.   ..");
	assert_says("protect 0x202020+0x40", "protected");
	assert_says("spp 0x202000", "  +000    ##   ..");
	fake_vm_make(false, FAKE_POOL_SIZE);
	assert_says("protect 0x200080+0x80", "protected");
	assert_says("spp 0x200123", "software engine, open tiles 0xfffffffd");
}

static void regions_of_many_pages_come_whole(void **state)
{
	(void)state;
	for (u64 i = 0; i < 1500; i++)
		assert_int_equal(vm_protect(&vm0, TESSERA_RULE_DENY, 0x400000 + i * 0x40, 0x10),
				 TESSERA_OK);
	assert_says("regions", "1500 regions");
	assert_int_equal(terminal_count(&t, mark, "16 bytes  deny"), 1500);
	assert_says("spp 0x400000", "tiles 31..31  +fc0..+fcf");
	assert_int_equal(terminal_count(&t, mark, "(rule 0)"), 64);
	assert_says("unprotect deny", "1500 regions opened");
	assert_says("regions", "0 regions");
	assert_says("rules", "deny (built in)");
	assert_says("ept 0x400000", "1 GiB page");
}

static void protect_uses_and_makes_rules(void **state)
{
	(void)state;
	assert_says("protect 0x1000+0x80 audit idt", "protected 0x1000..0x1080, audit");
	assert_says("protect 0x2000+0x80 audit idt", "protected");
	assert_says("rules", "   2 audit         2            0            0  idt");
	assert_says("protect 0x3000+0x80 deny idt", "the same region or name exists already");
	assert_says("protect 0x1000+0x80 audit idt", "the same region or name");
	assert_says("protect 0x3000+0x80 dney", "`dney` is not an action");
	assert_says("protect 0x3000", "`0x3000` is not a range");
	assert_says("protect 0x3000..0x2000", "is not a range");
	assert_says("protect 0x800000000+1", "the address is not guest memory");
	assert_says("rules", "idt");
	assert_says("unprotect 0x1000+0x81", "no such rule or region");
	assert_says("unprotect 0x1000+0x80", "1 region opened");
	assert_says("unprotect 0x2000", "1 region opened");
	assert_says("unprotect idt", "0 regions opened");
	says("rules", "");
	assert_hides("idt");
	assert_says("unprotect idt", "neither a range nor a rule");
}

static void a_rule_made_for_nothing_goes_again(void **state)
{
	(void)state;
	assert_says("protect 0x800000000+1 deny new", "the address is not guest memory");
	says("rules", "");
	assert_hides("new");
}

static void sealed_and_locked_policies_stay(void **state)
{
	s32 rule = vm_rule_create(&vm0, TESSERA_ACTION_DENY, "seal", 0, TESSERA_RULE_SEALED);
	u32 changes;

	(void)state;
	assert_int_equal(vm_protect(&vm0, (u32)rule, 0x1000, 16), TESSERA_OK);
	assert_says("rules", "seal (sealed)");
	assert_says("protect 0x3000+16 audit other", "protected");
	assert_says("seal nobody", "there is no rule `nobody`");
	assert_says("seal other", "");
	assert_says("unprotect other", "the rule is sealed");
	assert_hides("regions opened");
	assert_says("seal all", "");
	assert_says("rules", "deny (sealed) (built in)");
	assert_says("unprotect seal", "the rule is sealed");
	assert_says("unprotect 0x1000+16", "the rule is sealed");
	vm0.policy.lockdown = true;
	changes = fake_changes;
	assert_says("protect 0x5000+1", "locked down");
	assert_says("unprotect seal", "locked down");
	assert_int_equal(fake_changes, changes);
	assert_says("vm", "LOCKED DOWN");
}

static void seals_come_off_only_where_the_config_allows_it(void **state)
{
	(void)state;
	assert_says("protect 0x3000+16 audit other", "protected");
	assert_says("seal all", "");
	assert_says("unseal other", "only `unseal = console` in tessera.conf");
	assert_says("unprotect other", "the rule is sealed");
	assert_says("unseal nobody", "there is no rule `nobody`");
	boot->unseal = BOOT_UNSEAL_CONSOLE;
	assert_says("unseal other", "");
	assert_says("rules", "deny (sealed) (built in)");
	says("rules | match other", "");
	assert_hides("(sealed)");
	assert_says("unprotect other", "1 region opened");
	assert_says("unseal all", "");
	says("rules", "");
	assert_hides("(sealed)");
	vm0.policy.lockdown = true;
	assert_says("unseal all", "locked down");
}

static void without_memory_it_says_so(void **state)
{
	(void)state;
	fake_vm_make(true, 40 * PAGE_SIZE);
	for (u64 i = 0; i < 40; i++) {
		char line[64];

		snprintf(line, sizeof(line), "protect %luG+1", (unsigned long)i);
		says(line, "");
	}
	assert_true(terminal_shows(&t, 0, "the hypervisor's pool is used up"));
}

static void log_is_shown_and_set(void **state)
{
	char line[64];

	(void)state;
	for (int i = 0; i < 60; i++)
		log_info("entry %d.", i);
	terminal_settle(&t, &s);
	for (int i = 0; i < 60; i++) {
		snprintf(line, sizeof(line), "entry %d.", i);
		assert_true(says("log", line));
	}
	assert_says("log previous", "no earlier log was kept");
	log_reborn();
	assert_says("log previous", "entry 59.");
	assert_says("log", "");
	assert_hides("entry");
	for (int i = 0; i < 60; i++)
		log_info("entry %d.", i);
	terminal_settle(&t, &s);
	assert_says("log debug", "");
	assert_int_equal(log_get_level(), LOG_DEBUG);
	assert_says("log loud", "`loud` is not a level");
	assert_says("log | match entry 59", "entry 59.");
	assert_int_equal(terminal_count(&t, mark, "entry"), 1);
}

static void a_drill_is_asked_for_twice(void **state)
{
	struct cpu *c = vm0.cpu[2];

	(void)state;
	assert_says("drill fire 1 really", "usage: drill park|panic|nested|deaf CPU [really]");
	assert_says("drill park 9 really", "there is no CPU 9");
	assert_says("drill park 2", "add `really` to confirm");
	assert_says("drill park 2 realy", "add `really` to confirm");
	assert_int_equal(c->work, 0);
	assert_says("drill nested 2 really", "");
	assert_int_equal(c->work, WORK_DRILL);
	assert_int_equal(c->drill, DRILL_NESTED);
	assert_int_equal(c->shootdown.kick, 1);
}

static void more_is_switched(void **state)
{
	(void)state;
	assert_says("more", "more is off");
	assert_says("more on", "");
	assert_says("more", "more is on");
	assert_says("more of", "usage: more [on|off]");
	assert_says("more off", "");
	assert_false(s.output.paging);
}

static void arguments_complete(void **state)
{
	static const struct {
		const char *typed, *line;
	} completions[] = {
		{ "prot\t", "protect " },
		{ "protect 1+1 dis\t", "protect 1+1 discard " },
		{ "protect 1+1 deny acc\t", "protect 1+1 deny access " },
		{ "unprotect acc\t", "unprotect access " },
		{ "unprotect zeb\t", "unprotect zebra " },
		{ "help vers\t", "help version " },
		{ "log w\t", "log warn " },
		{ "log prev\t", "log previous " },
		{ "more of\t", "more off " },
		{ "seal al\t", "seal all " },
		{ "seal zeb\t", "seal zebra " },
		{ "unprotect 0x7\t", "unprotect 0x7000+0x10 " },
		{ "exits ti\t", "exits timing " },
		{ "exits timing of\t", "exits timing off " },
		{ "events f\t", "events follow " },
		{ "ept m\t", "ept map " },
	};

	(void)state;
	vm_rule_create(&vm0, TESSERA_ACTION_DENY, "zebra", 0, 0);
	vm_protect(&vm0, TESSERA_RULE_DENY, 0x7000, 16);
	vm_rule_create(&vm0, TESSERA_ACTION_DENY, "", 0, 0);
	vm_rule_create(&vm0, TESSERA_ACTION_DENY, "zeb ra", 0, 0);
	for (size_t i = 0; i < ARRAY_SIZE(completions); i++) {
		terminal_type(&t, &s, completions[i].typed);
		assert_string_equal(s.line.text, completions[i].line);
		terminal_type(&t, &s, "\x03");
	}
	assert_says("protect 0x1000+1 deny \"zeb ra\"", "protected");
	assert_says("unprotect \"zeb ra\"", "1 region opened");
}

static void reboot_waits_for_its_last_words(void **state)
{
	(void)state;
	if (!setjmp(fake_reset)) {
		terminal_type(&t, &s, "reboot\r");
		fail_msg("the machine still runs");
	}
	assert_string_equal(terminal_row(&t, 1), "resetting the machine");
	terminal_init(&t);
	shell_init(&s, &t.tty, 0);
	terminal_settle(&t, &s);
}

// Runs the generator; it stands beside this test.
static void the_manual_is_up_to_date(void **state)
{
	char command[512];
	char self[256];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	(void)state;
	assert_true(length > 0);
	self[length] = 0;
	*strrchr(self, '/') = 0;
	snprintf(command, sizeof(command),
		 "%s/console_doc docs/console.md | diff docs/console.md - >&2", self);
	if (system(command))
		fail_msg("docs/console.md is out of date: run `make docs-console`");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		COMMAND_TEST(every_entry_is_well_formed),
		COMMAND_TEST(help_fits_one_screen),
		COMMAND_TEST(every_example_works),
		COMMAND_TEST(every_command_survives_every_argument),
		COMMAND_TEST(commands_of_the_machine),
		COMMAND_TEST(ept_shows_the_leaf),
		COMMAND_TEST(spp_draws_the_mosaic),
		COMMAND_TEST(regions_of_many_pages_come_whole),
		COMMAND_TEST(protect_uses_and_makes_rules),
		COMMAND_TEST(a_rule_made_for_nothing_goes_again),
		COMMAND_TEST(sealed_and_locked_policies_stay),
		COMMAND_TEST(seals_come_off_only_where_the_config_allows_it),
		COMMAND_TEST(without_memory_it_says_so),
		COMMAND_TEST(log_is_shown_and_set),
		COMMAND_TEST(a_drill_is_asked_for_twice),
		COMMAND_TEST(more_is_switched),
		COMMAND_TEST(arguments_complete),
		COMMAND_TEST(reboot_waits_for_its_last_words),
		COMMAND_TEST(the_manual_is_up_to_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
