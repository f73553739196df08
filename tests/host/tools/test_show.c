// SPDX-License-Identifier: MIT
// The commands that only look: what they print, for people and for programs.
#include "tests/host/tools/fake.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void add_rule_and_guard(void)
{
	fake.rules[fake.rule_count++] = (struct tessera_rule){
		.number = 2,
		.action = TESSERA_ACTION_AUDIT,
		.flags = TESSERA_RULE_SEALED,
		.name = "a\"b\\c",
		.writes = 12,
		.blocked = 3,
		.regions = 2,
	};
	fake.guards[fake.guard_count++] = (struct tessera_guard){
		.number = 7,
		.rule = 2,
		.space = TESSERA_SPACE_PROCESS,
		.start = 0x1234,
		.length = 56,
		.pid = 99,
		.creator_pid = 88,
		.held = 1,
	};
}

static void info_tells_numbers(void **state)
{
	(void)state;
	const struct outcome *o = succeeds("info");

	assert_says(o->out, "engine      hardware\n");
	assert_says(o->out, "CPUs        4\n");
	assert_says(o->out, "free        400 KiB\n");
	assert_says(o->out, "key         held by the driver\n");
	assert_says(o->out, "policy      can be changed\n");
	o = succeeds("info --json");
	assert_string_equal(o->out, "{\"abi\": 2, \"engine\": \"hardware\", \"steps\": true, "
				    "\"cpus\": 4, \"regions\": 0, \"guards\": 0, "
				    "\"held_pages\": 3, \"blocked\": 77, \"free_pages\": 100, "
				    "\"key_holder\": \"driver\", \"locked_down\": false, "
				    "\"can_protect\": true, \"events\": true}\n");
}

static void info_says_where_nothing_can_be_protected(void **state)
{
	(void)state;
	fake.other_holds_key = true;
	fails("info", REFUSED, "nothing can be protected: another agent holds the key");
	assert_says(run_tool("info")->out, "key         held by another agent, or nobody");
	fails("info --json", REFUSED, "nothing can be protected");
	assert_says(run_tool("info --json")->out,
		    "\"key_holder\": \"other\", \"locked_down\": false, "
		    "\"can_protect\": false");
	fake.other_holds_key = false;
	succeeds("info");
	fake.locked = true;
	fails("info", REFUSED, "nothing can be protected: the policy is locked down");
	assert_says(run_tool("info")->out, "policy      locked down until reset\n");
}

static void list_tells_guards(void **state)
{
	(void)state;
	assert_string_equal(succeeds("list")->out, "");
	add_rule_and_guard();
	assert_string_equal(succeeds("list")->out,
			    "   7  process  0x1234         56 bytes  rule a\"b\\c  "
			    "of process 99  until process 88 ends\n");
	assert_string_equal(succeeds("list --numeric")->out,
			    "   7  process  0x1234         56 bytes  rule 2  "
			    "of process 99  until process 88 ends\n");
	assert_string_equal(succeeds("list --json")->out,
			    "{\"guard\": 7, \"space\": \"process\", \"start\": \"0x1234\", "
			    "\"length\": 56, \"rule\": 2, \"rule_name\": \"a\\\"b\\\\c\", "
			    "\"pid\": 99, \"creator_pid\": 88, \"held_pages\": 1, "
			    "\"in_force\": \"yes\"}\n");
}

// F5: a guard whose memory was opened is told, also to programs.
static void list_tells_guards_that_are_not_in_force(void **state)
{
	(void)state;
	add_rule_and_guard();
	fake.guards[0].flags |= TESSERA_GUARD_OPENED;
	fails("list", REFUSED, "guard 7 is not in force: the operator or another client opened");
	assert_says(run_tool("list")->out, "until process 88 ends  NOT IN FORCE\n");
	fails("list --json", REFUSED, "guard 7 is not in force");
	assert_says(run_tool("list --json")->out, "\"in_force\": \"no\"}\n");
	fails("show 7", REFUSED, "guard 7 is not in force");
	fake.guards[0].flags ^= TESSERA_GUARD_OPENED | TESSERA_GUARD_UNKNOWN;
	assert_says(succeeds("list")->out, "  in force: unknown\n");
	assert_says(succeeds("list --json")->out, "\"in_force\": \"unknown\"}\n");
}

// A guard of the kernel is shown with its symbol.
static void list_names_symbols(void **state)
{
	(void)state;
	fake_text("/proc/kallsyms", "ffffffff82000100 R table\nffffffff82000180 r its_end\n");
	fake.guards[fake.guard_count++] = (struct tessera_guard){
		.number = 1,
		.rule = TESSERA_RULE_DENY,
		.space = TESSERA_SPACE_KERNEL,
		.start = 0xffffffff82000110,
		.length = 8,
	};
	assert_string_equal(succeeds("list")->out,
			    "   1  kernel   0xffffffff82000110          8 bytes"
			    "  rule deny  <table+0x10>\n");
	assert_says(succeeds("list --json")->out, "\"symbol\": \"table+0x10\", ");
	assert_string_equal(succeeds("list --numeric")->out,
			    "   1  kernel   0xffffffff82000110          8 bytes  rule 0\n");
	assert_null(strstr(succeeds("list --numeric --json")->out, "table"));
}

static void names_do_not_steer_the_terminal(void **state)
{
	(void)state;
	add_rule_and_guard();
	snprintf(fake.rules[2].name, TESSERA_NAME_SIZE, "\033[2Jx");
	assert_says(succeeds("rules")->out, "  ?[2Jx (sealed)\n");
	assert_says(succeeds("list")->out, "rule ?[2Jx ");
	assert_says(succeeds("show 7")->out, "rule ?[2Jx: audit");
}

static void show_tells_one_guard_with_its_rule(void **state)
{
	(void)state;
	add_rule_and_guard();
	assert_says(succeeds("show 7")->out,
		    "\n      1 pages held; rule a\"b\\c: audit, sealed until "
		    "reset; 12 writes met it, 3 of them blocked\n");
	assert_says(succeeds("show 7 --json")->out, "{\"guard\": 7, ");
	assert_says(succeeds("show 7 --json")->out, "\n{\"rule\": 2, ");
	fails("show 6", REFUSED, "there is no guard 6");
	fails("show 8", REFUSED, "not found");
	fails("show", USAGE, "give the number of a guard");
	fails("show x", USAGE, "give the number of a guard");
}

static void regions_tell_addresses(void **state)
{
	(void)state;
	add_rule_and_guard();
	assert_string_equal(succeeds("regions")->out,
			    "0x000000001234         56 bytes  rule a\"b\\c\n");
	assert_string_equal(succeeds("regions --json")->out,
			    "{\"gpa\": \"0x1234\", \"length\": 56, \"rule\": 2, "
			    "\"rule_name\": \"a\\\"b\\\\c\"}\n");
}

static void rules_tell_names_safely(void **state)
{
	(void)state;
	add_rule_and_guard();
	const struct outcome *o = succeeds("rules");

	assert_says(o->out, "   2 audit         2           12            3  a\"b\\c (sealed)\n");
	o = succeeds("rules --json");
	assert_says(o->out, "\"name\": \"a\\\"b\\\\c\", \"action\": \"audit\"");
	assert_says(o->out, "\"sealed\": true, \"builtin\": false}\n");
}

static void stats_tell_all_counters(void **state)
{
	(void)state;
	const struct outcome *o = succeeds("stats");

	assert_says(o->out, "cpus                              1003  CPUs under Tessera\n");
	assert_says(o->out, "exits 10                             5  CPUID\n");
	assert_says(o->out, "exits 48                             6  EPT_VIOLATION\n");
	assert_null(strstr(o->out, "exits 11"));
	o = succeeds("stats --json");
	assert_says(o->out, "{\"tsc\": 1000, \"tsc_hz\": 1001, ");
	assert_says(o->out, "\"exits_CPUID\": 5, \"exits_EPT_VIOLATION\": 6}\n");
}

static void the_log_is_read_to_its_end(void **state)
{
	(void)state;
	const struct outcome *o = succeeds("log");

	assert_says(o->out, "[     0.500] warn  cpu 2: line 1 of log 0\n");
	assert_says(o->out, "warn  cpu 2: line 20 of log 0\n");
	assert_string_equal(succeeds("log --previous")->out, "warn  cpu 2: line 1 of log 1\n");
	assert_string_equal(succeeds("log --previous --json")->out,
			    "{\"sequence\": 1, \"tsc\": 1502, \"cpu\": 2, \"level\": \"warn\", "
			    "\"text\": \"line 1 of log 1\"}\n");
	fake.error[_IOC_NR(TESSERA_IOC_LOG)] = EOPNOTSUPP;
	fails("log", REFUSED, "cannot do that");
}

static void metrics_are_in_prometheus_format(void **state)
{
	(void)state;
	add_rule_and_guard();
	const struct outcome *o = succeeds("metrics");

	assert_says(o->out, "# HELP tessera_denied_writes_total writes that got a fault\n"
			    "# TYPE tessera_denied_writes_total counter\n"
			    "tessera_denied_writes_total 1012\n");
	assert_says(o->out, "# TYPE tessera_pool_free gauge\ntessera_pool_free 1028\n");
	assert_says(o->out, "tessera_exits_total{reason=\"EPT_VIOLATION\"} 6\n");
	assert_says(o->out, "tessera_info{abi=\"2\",engine=\"hardware\"} 1\n");
	assert_says(o->out,
		    "# TYPE tessera_rule_writes_total counter\n"
		    "tessera_rule_writes_total{name=\"deny\",action=\"deny\"} 0\n"
		    "tessera_rule_writes_total{name=\"access\",action=\"deny\"} 0\n"
		    "tessera_rule_writes_total{name=\"a\\\"b\\\\c\",action=\"audit\"} 12\n");
}

static void metrics_replace_a_file_as_a_whole(void **state)
{
	(void)state;
	char words[600];

	fake_text("/out/tessera.prom", "old");
	snprintf(words, sizeof(words), "metrics --out %s", fake_path("/out/tessera.prom"));
	assert_string_equal(succeeds(words)->out, "");
	assert_says(fake_read("/out/tessera.prom"), "tessera_cpus 1003\n");
	assert_int_equal(fake_count("/out"), 1);

	fake_text("/out/tessera.prom", "old");
	fake.error[_IOC_NR(TESSERA_IOC_RULE_GET)] = EIO;
	fails(words, REFUSED, "rules: the driver does not know");
	assert_string_equal(fake_read("/out/tessera.prom"), "old");
	assert_int_equal(fake_count("/out"), 1);

	snprintf(words, sizeof(words), "metrics --out %s", fake_path("/nowhere/x"));
	fails(words, REFUSED, "No such file or directory");
}

// The folder of --out may belong to another user, who puts links in it: no file outside changes.
static void metrics_follow_no_links(void **state)
{
	static const char *const links[] = { "/out/tessera.prom.new", "/out/tessera.prom" };
	struct stat info;
	char words[600];

	(void)state;
	fake_text("/victim", "precious");
	fake_text("/out/x", "");
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		assert_int_equal(symlink(fake_path("/victim"), fake_path(links[i])), 0);
	snprintf(words, sizeof(words), "metrics --out %s", fake_path("/out/tessera.prom"));
	succeeds(words);
	assert_string_equal(fake_read("/victim"), "precious");
	assert_int_equal(lstat(fake_path("/out/tessera.prom"), &info), 0);
	assert_true(S_ISREG(info.st_mode));
	assert_int_equal(info.st_mode & 0777, 0666 & ~fake_umask());
	assert_says(fake_read("/out/tessera.prom"), "tessera_cpus 1003\n");
}

// Every error of the driver's, through every request of a command that only looks.
static void each_error_has_a_sentence(void **state)
{
	static const struct {
		const char *words;
		unsigned int request;
	} commands[] = {
		{ "info", _IOC_NR(TESSERA_IOC_INFO) },
		{ "list", _IOC_NR(TESSERA_IOC_GUARD_GET) },
		{ "regions", _IOC_NR(TESSERA_IOC_REGION_GET) },
		{ "rules", _IOC_NR(TESSERA_IOC_RULE_GET) },
		{ "stats", _IOC_NR(TESSERA_IOC_STATISTICS) },
		{ "metrics", _IOC_NR(TESSERA_IOC_INFO) },
		{ "lockdown", _IOC_NR(TESSERA_IOC_LOCKDOWN) },
		{ "seal --all", _IOC_NR(TESSERA_IOC_SEAL) },
		{ "show 1", _IOC_NR(TESSERA_IOC_GUARD_GET) },
		{ "unprotect 1", _IOC_NR(TESSERA_IOC_UNGUARD) },
		{ "protect --phys 0 --len 1", _IOC_NR(TESSERA_IOC_GUARD) },
		{ "protect --phys 0 --len 1 --name x", _IOC_NR(TESSERA_IOC_RULE_CREATE) },
	};
	static const struct {
		int error;
		const char *says;
	} errors[] = {
		{ ENODEV, "through "
			  "Tessera's loader" },
		{ EEXIST, "exists already" },
		{ EPERM, "sealed and stays so until the machine is reset" },
		{ EACCES, "locked down" },
		{ EBUSY, "in use" },
		{ ENOMEM, "raise `memory =`" },
		{ ENXIO, "no memory at this address" },
		{ EADDRNOTAVAIL, "this memory is free" },
		{ ENOSPC, "too many" },
		{ ENOTTY, "tool and driver of the same version" },
		{ EIO, "driver and loader of the same version" },
		{ ESRCH, "no such process" },
		{ EFAULT, "not mapped" },
		{ EDOM, "Numerical argument" },
	};

	(void)state;
	for (size_t c = 0; c < sizeof(commands) / sizeof(commands[0]); c++) {
		for (size_t e = 0; e < sizeof(errors) / sizeof(errors[0]); e++) {
			fake.error[commands[c].request] = errors[e].error;
			fails(commands[c].words, errors[e].error == ENODEV ? NO_DEVICE : REFUSED,
			      errors[e].says);
		}
		fake.error[commands[c].request] = 0;
	}
}

static void without_a_device_it_says_what_to_do(void **state)
{
	static const char *const commands[] = {
		"info",
		"list",
		"regions",
		"rules",
		"stats",
		"metrics",
		"lockdown",
		"seal x",
		"unprotect 1",
		"protect --phys 0 --len 1",
		"events",
		"selftest",
		"heat --phys 0 --len 1 --out x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		fake.open_error = ENOENT;
		fails(commands[i], NO_DEVICE, "modprobe tessera");
		fake.open_error = EACCES;
		fails(commands[i], NO_DEVICE, "run tesseractl as root");
	}
}

static void words_that_make_no_command(void **state)
{
	(void)state;
	fails("", USAGE, "no command is given: `tesseractl help` lists");
	fails("dance", USAGE, "`dance` is not a command");
	fails("info --follow", USAGE, "info does not take --follow");
	fails("info --nothing", USAGE, "info does not take --nothing");
	fails("info more", USAGE, "info does not take the word `more`");
	fails("unprotect 1 2", USAGE, "does not take the word `2`");
	fails("info --json --json", USAGE, "--json is given twice");
	fails("metrics --out", USAGE, "--out needs a value");
}

static void help_tells_every_command(void **state)
{
	(void)state;
	const struct outcome *o = succeeds("help");
	char words[64], line[64];

	for (unsigned int c = 0; c < COMMAND_COUNT; c++) {
		o = succeeds("help");
		snprintf(line, sizeof(line), "\n  %-10s ", command_rows[c].name);
		assert_says(o->out, line);
		snprintf(words, sizeof(words), "help %s", command_rows[c].name);
		assert_says(succeeds(words)->out, command_rows[c].example);
	}
	fails("help dance", USAGE, "`dance` is not a command");
}

static void help_and_version_have_their_usual_names(void **state)
{
	char *list, *protect;

	(void)state;
	fake.open_error = ENOENT; // none of these needs the device
	list = strdup(succeeds("help")->out);
	assert_string_equal(succeeds("--help")->out, list);
	assert_string_equal(succeeds("-h")->out, list);
	protect = strdup(succeeds("help protect")->out);
	assert_string_equal(succeeds("protect --help")->out, protect);
	assert_string_equal(succeeds("protect -h")->out, protect);
	assert_string_equal(succeeds("protect --phys 1 --help")->out, protect);
	assert_says(succeeds("version")->out, "tesseractl " TESSERA_VERSION ", ");
	assert_says(succeeds("--version")->out, "tesseractl " TESSERA_VERSION ", ");
	assert_says(succeeds("-V")->out, "tesseractl " TESSERA_VERSION ", ");
	fails("-x", USAGE, "`-x` is not a command");
	free(list);
	free(protect);
}

// Wrong words are an error of usage, also without a driver.
static void words_are_checked_before_the_device(void **state)
{
	(void)state;
	fake.open_error = ENOENT;
	fails("protect --phys 0 --len 1 --action maybe", USAGE, "`maybe` is not an action");
	fails("protect --phys 0 --len 1 --name a\tb", USAGE, "is not a rule name");
	fails("protect --phys 0", USAGE, "needs a length");
	fails("protect --phys 0 --len 1 --for 4G", USAGE, "`4G` is not a time");
	fails("unprotect x", USAGE, "give the number of a guard");
	fails("show", USAGE, "give the number of a guard");
	fails("seal", USAGE, "give either the name of a rule or --all");
	fails("heat --phys 0 --len 1", USAGE, "with --out");
	fails("unprotect 1", NO_DEVICE, "load the driver");
}

// Each option that a command's arguments name is in the table, and each of the table is used.
static void options_and_arguments_fit(void **state)
{
	bool used[OPTION_COUNT] = { 0 };

	(void)state;
	for (unsigned int c = 0; c < COMMAND_COUNT; c++) {
		const char *arguments = command_rows[c].arguments;

		for (const char *at = strstr(arguments, "--"); at; at = strstr(at + 2, "--")) {
			unsigned int o = 0;

			while (o < OPTION_COUNT && (strncmp(at + 2, option_rows[o].name,
							    strlen(option_rows[o].name)) != 0 ||
						    islower(at[2 + strlen(option_rows[o].name)])))
				o++;
			assert_true(o < OPTION_COUNT);
			assert_true(command_takes(&command_rows[c], o));
			used[o] = true;
		}
	}
	for (unsigned int o = 0; o < OPTION_COUNT; o++)
		assert_true(used[o]);
	assert_int_equal(command_words(&command_rows[COMMAND_protect]), 0);
	assert_int_equal(command_words(&command_rows[COMMAND_apply]), 1);
	assert_int_equal(command_words(&command_rows[COMMAND_seal]), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(info_tells_numbers),
		TEST(info_says_where_nothing_can_be_protected),
		TEST(list_tells_guards),
		TEST(list_tells_guards_that_are_not_in_force),
		TEST(list_names_symbols),
		TEST(names_do_not_steer_the_terminal),
		TEST(show_tells_one_guard_with_its_rule),
		TEST(regions_tell_addresses),
		TEST(rules_tell_names_safely),
		TEST(stats_tell_all_counters),
		TEST(the_log_is_read_to_its_end),
		TEST(metrics_are_in_prometheus_format),
		TEST(metrics_replace_a_file_as_a_whole),
		TEST(metrics_follow_no_links),
		TEST(each_error_has_a_sentence),
		TEST(without_a_device_it_says_what_to_do),
		TEST(words_that_make_no_command),
		TEST(help_tells_every_command),
		TEST(help_and_version_have_their_usual_names),
		TEST(words_are_checked_before_the_device),
		TEST(options_and_arguments_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
