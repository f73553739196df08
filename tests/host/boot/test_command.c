// SPDX-License-Identifier: MIT
// Sources: boot/config/command.c boot/config/text.c hv/lib/number.c
// What the load options ask for, whoever wrote them.
#include <stdio.h>
#include <string.h>

#include "boot/config/command.h"
#include "tests/host/test.h"

#define PARSE(text) command_parse((const u8 *)u##text, sizeof(u##text))

#define EXPECT(text, wanted, rest)                          \
	do {                                                \
		struct command c = PARSE(text);             \
		assert_int_equal(c.kind, COMMAND_##wanted); \
		assert_string_equal(c.argument, rest);      \
	} while (0)

static void typed_in_the_shell(void **state)
{
	(void)state;
	EXPECT("BOOTX64.EFI", boot, "");
	EXPECT("fs0:\\EFI\\BOOT\\BOOTX64.EFI check", check, "");
	EXPECT("bootx64.efi  install", install, "");
	EXPECT("bootx64.efi install 2", install, "2");
	EXPECT("bootx64.efi install 12345678901234567890", install, "123456789012345");
	EXPECT("tessera.efi remove ", remove, "");
	EXPECT("tessera.efi boot", boot, "");
	EXPECT("tessera.efi help", help, "");
	EXPECT("tessera.efi chekc", help, "");
	EXPECT("tessera.efi CHECK", help, "");
}

static void expect_file(const char *name, enum command_kind kind)
{
	char path[100];
	u8 options[512];
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "tests/host/boot/data/loadoptions/%s.bin", name);
	file = fopen(path, "rb");
	assert_non_null(file);
	size = fread(options, 1, sizeof(options), file);
	fclose(file);
	assert_int_equal(command_parse(options, size).kind, kind);
}

static void typed_with_blanks_in_the_path(void **state)
{
	(void)state;
	expect_file("shell-path-with-space", COMMAND_check);
	expect_file("shell-path-with-space-unquoted", COMMAND_check);
	EXPECT("\"fs0:\\My Tools\\x.efi\" install 2", install, "2");
	EXPECT("\"fs0:\\My Tools\\x.efi\"", boot, "");
	EXPECT("\"fs0:\\My Tools\\x.efi\" chekc", help, "");
	EXPECT("\"fs0:\\My Tools\\x.efi", boot, "");
	EXPECT("\"quoted words\" check", boot, "words\"");
	EXPECT("my old tools\\X.EFI remove", remove, "");
	EXPECT("initrd=\\x.efi check", boot, "check");
	EXPECT("a b=c x.efi check", boot, "b=c");
	EXPECT("check x.efi install", check, "x.efi");
}

static void written_into_a_boot_entry(void **state)
{
	(void)state;
	EXPECT("", boot, "");
	EXPECT("check", check, "");
	EXPECT("root=/dev/sda1 quiet", boot, "quiet");
	EXPECT("\u043f\u0440 \u0438", boot, "?");
	assert_int_equal(command_parse(NULL, 0).kind, COMMAND_boot);
}

static void anything_at_all(void **state)
{
	u8 junk[1024];

	(void)state;
	for (u32 i = 0; i < sizeof(junk); i++)
		junk[i] = (u8)(i * 151 + 7);
	for (size_t size = 0; size < sizeof(junk); size++)
		assert_int_equal(command_parse(junk, size).kind, COMMAND_boot);
	memset(junk, 'x', sizeof(junk));
	assert_int_equal(command_parse(junk, sizeof(junk)).kind, COMMAND_boot);
	// Neither zero-terminated nor at an even address.
	memcpy(junk + 1, u"x.efi check", 22);
	assert_int_equal(command_parse(junk + 1, 22).kind, COMMAND_check);
	assert_int_equal(command_parse(junk + 1, 20).kind, COMMAND_help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed_in_the_shell),
		cmocka_unit_test(typed_with_blanks_in_the_path),
		cmocka_unit_test(written_into_a_boot_entry),
		cmocka_unit_test(anything_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
