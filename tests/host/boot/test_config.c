// SPDX-License-Identifier: MIT
// Sources: boot/config/config.c boot/config/config_keys.c boot/config/config_sample.c
// Sources: boot/config/config_values.c boot/config/text.c hv/lib/number.c hv/lib/format.c
// tessera.conf: every key with good and bad values, and files that people and machines mangle.
#include <stdlib.h>
#include <string.h>

#include "boot/config/config.h"
#include "hv/core/log.h"
#include "hv/lib/format.h"
#include "tests/host/test.h"

static struct config config;
static struct config_report report;

static bool trusted = true;

static void parse_bytes(const char *text, size_t size)
{
	// A copy without a closing zero: a parser that reads on is caught by the sanitizer.
	char *exact = malloc(size ? size : 1);

	memcpy(exact, text, size);
	config_default(&config);
	config_parse(&config, (struct slice){ exact, size }, trusted, &report);
	free(exact);
}

static void parse(const char *text)
{
	parse_bytes(text, strlen(text));
}

static void assert_default(void)
{
	struct config fresh;

	config_default(&fresh);
	assert_memory_equal(&config, &fresh, sizeof(config));
}

static void defaults(void **state)
{
	(void)state;
	parse("");
	assert_int_equal(report.count, 0);
	assert_default();
	assert_string_equal(config.next, "");
	assert_int_equal(config.memory, 16 << 20);
	assert_int_equal(config.uart_port, 0x2f8);
	assert_int_equal(config.uart_baud, 115200);
	assert_int_equal(config.required, false);
	assert_int_equal(config.engine, BOOT_ENGINE_AUTO);
	assert_int_equal(config.log_level, LOG_INFO);
	assert_int_equal(config.timeout, 0);
	assert_int_equal(config.confirm, CONFIG_CONFIRM_BOOT);
	assert_int_equal(config.panic, BOOT_PANIC_HALT);
	assert_int_equal(config.sleep, CONFIG_SLEEP_DENY);
	assert_int_equal(config.unseal, BOOT_UNSEAL_NEVER);
	assert_int_equal(config.protects, 0);
}

static void every_key(void **state)
{
	(void)state;
	parse("next = \\EFI\\debian\\shimx64.efi\n"
	      "required = yes\n"
	      "engine = software\n"
	      "console = 0x3e8,9600\n"
	      "memory = 64M\n"
	      "log = debug\n"
	      "protect = 0x100000+128 freeze name=kernel\n"
	      "timeout = 5\n"
	      "sipi = software\n"
	      "confirm = agent\n"
	      "panic = reboot\n"
	      "sleep = allow\n"
	      "unseal = console\n");
	assert_int_equal(report.count, 0);
	assert_string_equal(config.next, "\\EFI\\debian\\shimx64.efi");
	assert_int_equal(config.required, true);
	assert_int_equal(config.engine, BOOT_ENGINE_SOFTWARE);
	assert_int_equal(config.uart_port, 0x3e8);
	assert_int_equal(config.uart_baud, 9600);
	assert_int_equal(config.memory, 64 << 20);
	assert_int_equal(config.log_level, LOG_DEBUG);
	assert_int_equal(config.timeout, 5);
	assert_int_equal(config.sipi, BOOT_SIPI_SOFTWARE);
	assert_int_equal(config.confirm, CONFIG_CONFIRM_AGENT);
	assert_int_equal(config.panic, BOOT_PANIC_REBOOT);
	assert_int_equal(config.sleep, CONFIG_SLEEP_ALLOW);
	assert_int_equal(config.unseal, BOOT_UNSEAL_CONSOLE);
	assert_int_equal(config.protects, 1);
	assert_int_equal(config.protect[0].gpa, 0x100000);
	assert_int_equal(config.protect[0].length, 128);
	assert_int_equal(config.protect[0].action, TESSERA_ACTION_FREEZE);
	assert_string_equal(config.protect[0].name, "kernel");
}

static const char *const good_lines[] = {
	"next=a",
	"next = /EFI/BOOT/x.efi",
	"next = \\with a space.efi",
	"next = \\a#b.efi",
	"required=no",
	"engine =auto",
	"engine= hardware",
	"console = com1",
	"console = com2,115200",
	"console = none",
	"console = 760, 300",
	"console = 0xfff8",
	"memory = 4M",
	"memory = 512M",
	"memory = 4194305",
	"memory = 0x1000K",
	"log = error",
	"log = warn",
	"log = info",
	"protect = 0+1",
	"protect = 1M+4K",
	"protect = 1M+4K deny",
	"protect = 1M+4K audit",
	"protect = 1M+4K discard name=x",
	"protect = 1M+4K name=x",
	"protect = 1M+4K name=x freeze",
	"protect = 1M+4K name=exactly-23-bytes-long--",
	"timeout = 0",
	"timeout = 60",
	"panic = halt",
	"panic = reboot",
	"sleep = deny",
	"unseal = never",
	"  memory\t=\t8M  ",
	"memory = 8M # a comment",
	"# a comment",
	"#",
	"   ",
	"\r",
};

static const char *const bad_lines[] = {
	"next =",
	"next = \xc3\xa4.efi",
	"next = a\tb",
	"required = maybe",
	"required = YES",
	"required",
	"engine = ",
	"engine = none",
	"console = com3",
	"console = com1,",
	"console = com1,0",
	"console = com1,115201",
	"console = com1,7000",
	"console = com1,1",
	"console = 0",
	"console = 0xfff9",
	"console = 0x100000000000003f8",
	"memory = 4095K",
	"memory = 513M",
	"memory = -16M",
	"memory = 16 M",
	"memory = lots",
	"log = loud",
	"protect =",
	"protect = 1M",
	"protect = 1M+0",
	"protect = 1M + 4K",
	"protect = 0xffffffffffffffff+2",
	"protect = 1M+4K allow",
	"protect = 1M+4K name=",
	"protect = 1M+4K name=more-than-23-bytes-long-",
	"protect = 1M+4K name=x extra",
	"timeout = 61",
	"timeout = soon",
	"panic = yes",
	"sleep = no",
	"unseal = always",
	"unknown = 1",
	"= 1",
	"Memory = 8M",
	"just words",
	"\x01\x02",
};

static void good_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good_lines); i++) {
		parse(good_lines[i]);
		if (report.count)
			fail_msg("\"%s\" was refused", good_lines[i]);
	}
}

static void bad_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad_lines); i++) {
		bool blank = strspn(bad_lines[i], "\x01\x02") == strlen(bad_lines[i]);

		parse(bad_lines[i]);
		if (report.count != !blank)
			fail_msg("\"%s\": %u problems", bad_lines[i], report.count);
		assert_default();
	}
}

static void memory_is_rounded_up(void **state)
{
	(void)state;
	parse("memory = 5000K");
	assert_int_equal(config.memory, 6 << 20);
}

static void paths_become_ours(void **state)
{
	char line[CONFIG_PATH_SIZE + 16] = "next = ";

	(void)state;
	parse("next = EFI/debian/shimx64.efi # Debian");
	assert_string_equal(config.next, "\\EFI\\debian\\shimx64.efi");

	memset(line + 7, 'x', CONFIG_PATH_SIZE - 2);
	line[7 + CONFIG_PATH_SIZE - 2] = 0;
	parse(line);
	assert_int_equal(report.count, 0);
	assert_int_equal(strlen(config.next), CONFIG_PATH_SIZE - 1);

	strcat(line, "x");
	parse(line);
	assert_int_equal(report.count, 1);
	assert_default();
}

static void later_lines_count(void **state)
{
	(void)state;
	parse("memory = 8M\nmemory = 32M\nmemory = nonsense\n");
	assert_int_equal(config.memory, 32 << 20);
	assert_int_equal(report.count, 1);
	assert_int_equal(report.kept[0].line, 3);
}

static void protects_add_up(void **state)
{
	char text[BOOT_PROTECT_MAX * 64 + 128] = "";

	(void)state;
	for (int i = 0; i < BOOT_PROTECT_MAX; i++)
		strcat(text, "protect = 0x1000+128\n");
	parse(text);
	assert_int_equal(report.count, 0);
	assert_int_equal(config.protects, BOOT_PROTECT_MAX);

	strcat(text, "protect = 0x2000+128\n");
	parse(text);
	assert_int_equal(report.count, 1);
	assert_int_equal(report.kept[0].line, BOOT_PROTECT_MAX + 1);
	assert_int_equal(config.protects, BOOT_PROTECT_MAX);
}

static void foreign_line_ends(void **state)
{
	(void)state;
	parse("\xef\xbb\xbfmemory = 8M\r\n\r\nlog = warn\r\n");
	assert_int_equal(report.count, 0);
	assert_int_equal(config.memory, 8 << 20);
	assert_int_equal(config.log_level, LOG_WARN);

	parse("memory = 8M\r\nnonsense\r\nlog = warn"); // no newline at the end
	assert_int_equal(report.count, 1);
	assert_int_equal(report.kept[0].line, 2);
	assert_int_equal(config.log_level, LOG_WARN);
}

// A4: under Secure Boot the loader and what it starts are verified, and this file is not.
static void values_that_weaken(void **state)
{
	static const char *const lines[] = {
		"unseal = console",
		"panic = devirtualize",
		"sleep = allow",
		"console = 0xcf8",
		"protect = 0x1000+8 discard",
		"protect = 0x1000+8 name=a discard",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		trusted = false;
		parse(lines[i]);
		trusted = true;
		assert_int_equal(report.count, 1);
		assert_int_equal(report.kept[0].error, CONFIG_NOT_TRUSTED);
		assert_default();
		parse(lines[i]);
		assert_int_equal(report.count, 0);
	}
}

static void values_that_do_not(void **state)
{
	(void)state;
	trusted = false;
	parse("unseal = never\npanic = reboot\nrequired = yes\nconsole = 0x3e8,9600\n"
	      "protect = 0x1000+8 deny\nprotect = 0x2000+8 discard\nprotect = 0x3000+8 audit\n"
	      "console = none\n");
	trusted = true;
	assert_int_equal(report.count, 1);
	assert_int_equal(report.kept[0].line, 6);
	assert_int_equal(config.protects, 2);
	assert_int_equal(config.protect[1].gpa, 0x3000);
	assert_int_equal(config.panic, BOOT_PANIC_REBOOT);
	assert_int_equal(config.required, true);
	assert_int_equal(config.uart_port, 0);
}

static void explanations(void **state)
{
	char text[200];

	(void)state;
	parse("\nmemory = 1M\nfoo = 1\n\xff\xfe b\n");
	assert_int_equal(report.count, 3);
	config_explain(&report.kept[0], text, sizeof(text));
	assert_string_equal(text, "line 2: \"memory\" takes 4M to 512M, such as 16M");
	config_explain(&report.kept[1], text, sizeof(text));
	assert_string_equal(text, "line 3: \"foo\" is not a key: docs/config.md lists the keys");
	config_explain(&report.kept[2], text, sizeof(text));
	assert_string_equal(text, "line 4: \"?? b\" is not of the form key = value");
}

static void every_key_is_documented(void **state)
{
	(void)state;
	for (u32 i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];

		assert_true(strlen(key->name) && strlen(key->takes) && strlen(key->help));
		assert_non_null(key->parse);
	}
}

// The sample sets nothing, and each of its settings works once the # is taken away.
static void sample(void **state)
{
	static char text[8192], line[256];
	u32 size = config_sample(text, sizeof(text));

	(void)state;
	assert_int_equal(size, strlen(text));
	parse(text);
	assert_int_equal(report.count, 0);
	assert_default();
	for (u32 i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];

		format(line, sizeof(line), "# %s = %s\n", key->name, key->fallback);
		assert_non_null(strstr(text, line));
		parse(line + 2);
		assert_int_equal(report.count, !*key->fallback);
	}
	assert_int_equal(config_sample(line, 10), config_sample(line, 10));
	assert_int_equal(strlen(line), 9);
}

// The pseudo-random bytes of a run are the same each time, so that a failure can be repeated.
static void junk(void **state)
{
	static char text[CONFIG_FILE_MAX];
	u64 seed = 1;

	(void)state;
	for (int round = 0; round < 8; round++) {
		for (size_t i = 0; i < sizeof(text); i++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			text[i] = (char)(seed >> 56);
			if (round % 2 && i % 16 == 0)
				text[i] = "=\n#+"[seed >> 40 & 3];
		}
		parse_bytes(text, sizeof(text));
		assert_true(report.count > CONFIG_KEPT);
	}
	memset(text, '\n', sizeof(text));
	parse_bytes(text, sizeof(text));
	assert_int_equal(report.count, 0);
	memset(text, 0, sizeof(text));
	parse_bytes(text, sizeof(text));
	assert_int_equal(report.count, 0);
	memset(text, 'x', sizeof(text));
	parse_bytes(text, sizeof(text));
	assert_int_equal(report.count, 1);
	assert_default();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_key),
		cmocka_unit_test(good_values),
		cmocka_unit_test(bad_values),
		cmocka_unit_test(memory_is_rounded_up),
		cmocka_unit_test(paths_become_ours),
		cmocka_unit_test(later_lines_count),
		cmocka_unit_test(protects_add_up),
		cmocka_unit_test(foreign_line_ends),
		cmocka_unit_test(values_that_weaken),
		cmocka_unit_test(values_that_do_not),
		cmocka_unit_test(explanations),
		cmocka_unit_test(every_key_is_documented),
		cmocka_unit_test(sample),
		cmocka_unit_test(junk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
