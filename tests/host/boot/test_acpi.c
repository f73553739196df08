// SPDX-License-Identifier: MIT
// Sources: boot/place/acpi.c boot/place/aml.c
// The tables with byte code are found by every way that leads to them, and one name in them is
// changed and nothing else.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "boot/place/acpi.h"
#include "boot/place/aml.h"
#include "tests/host/test.h"

#define ARENA_SIZE 0x10000
#define FADT_OLD   116 // bytes of a FADT of ACPI 1.0
#define FADT_NEW   276

// What the tables lie in: below 4 GiB, as an RSDT needs it.
static u8 *arena;
static u32 used;
static u64 forbidden; // an address that the guard refuses

static bool guard(u64 address, u64 size)
{
	u64 start = (u64)arena;

	return address != forbidden && address >= start && size <= ARENA_SIZE &&
	       address - start <= ARENA_SIZE - size;
}

static int set_up(void **state)
{
	(void)state;
	arena = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	used = 1; // nothing is aligned
	forbidden = 0;
	return arena == MAP_FAILED;
}

static int tear_down(void **state)
{
	(void)state;
	return munmap(arena, ARENA_SIZE);
}

static u8 *table(const char *signature, const void *body, u32 body_size)
{
	u8 *at = arena + used, sum = 0;
	u32 size = ACPI_HEADER_SIZE + body_size;

	used += size + 3;
	memcpy(at, signature, 4);
	memcpy(at + 4, &size, sizeof(size));
	if (body_size)
		memcpy(at + ACPI_HEADER_SIZE, body, body_size);
	for (u32 i = 0; i < size; i++)
		sum += at[i];
	at[ACPI_HEADER_CHECKSUM] = -sum;
	return at;
}

static u8 *code_table(const char *signature)
{
	static const u8 code[] = "\x08_S3_\x12\x06\x04\x01\x01";

	return table(signature, code, sizeof(code) - 1);
}

static u8 *fadt(u32 size, const u8 *dsdt, const u8 *x_dsdt)
{
	u8 body[FADT_NEW - ACPI_HEADER_SIZE] = { 0 };

	memcpy(body + ACPI_FADT_DSDT - ACPI_HEADER_SIZE, &dsdt, 4);
	memcpy(body + ACPI_FADT_X_DSDT - ACPI_HEADER_SIZE, &x_dsdt, 8);
	return table("FACP", body, size - ACPI_HEADER_SIZE);
}

// A list of the tables, which end with NULL, by pointers of that width.
static u8 *list(const char *signature, u32 width, u8 *const *tables)
{
	u8 body[64];
	u32 n = 0;

	for (; tables[n]; n++)
		memcpy(body + n * width, &tables[n], width);
	return table(signature, body, n * width);
}

static u64 root(u8 revision, const u8 *rsdt, const u8 *xsdt)
{
	u8 *at = arena + used;

	used += 36;
	memcpy(at, "RSD PTR ", 8);
	at[15] = revision;
	memcpy(at + 16, &rsdt, 4);
	memcpy(at + 24, &xsdt, 8);
	return (u64)at;
}

static void rename_in(u8 *code, u32 size, const void *argument)
{
	(void)argument;
	aml_rename(code, size, "_S3_", "_X3_");
}

static void rename_all(u64 rsdp)
{
	acpi_each_code(rsdp, guard, rename_in, NULL);
}

static bool renamed(const u8 *code)
{
	u8 sum = 0;
	u32 size;

	memcpy(&size, code + 4, sizeof(size));
	for (u32 i = 0; i < size; i++)
		sum += code[i];
	assert_int_equal(sum, 0);
	return memcmp(code + ACPI_HEADER_SIZE + 1, "_X3_", 4) == 0;
}

static void every_way_is_walked(void **state)
{
	u8 *old = code_table("DSDT"), *new = code_table("DSDT");
	u8 *first = code_table("SSDT"), *second = code_table("SSDT"), *other = code_table("APIC");
	u8 *rsdt = list("RSDT", 4, (u8 *[]){ first, NULL });
	u8 *xsdt = list("XSDT", 8, (u8 *[]){ other, fadt(FADT_NEW, old, new), second, NULL });

	(void)state;
	rename_all(root(2, rsdt, xsdt));
	assert_true(renamed(old) && renamed(new) && renamed(first) && renamed(second));
	assert_false(renamed(other));
}

static void old_firmware_has_no_64_bit_pointers(void **state)
{
	u8 *dsdt = code_table("DSDT"), *stray = code_table("DSDT"), *ssdt = code_table("SSDT");
	u8 *rsdt = list("RSDT", 4, (u8 *[]){ fadt(FADT_OLD, dsdt, stray), NULL });

	(void)state;
	rename_all(root(0, rsdt, list("XSDT", 8, (u8 *[]){ ssdt, NULL })));
	assert_true(renamed(dsdt));
	assert_false(renamed(stray) || renamed(ssdt));
}

static void what_is_absent_or_guarded_is_passed_over(void **state)
{
	u8 *dsdt = code_table("DSDT"), *ssdt = code_table("SSDT"), *endless = code_table("SSDT");
	u8 *xsdt = list("XSDT", 8,
			(u8 *[]){ fadt(FADT_NEW, NULL, dsdt), endless, (u8 *)0x10, ssdt, NULL });

	(void)state;
	memset(endless + 4, 0xff, 4);
	forbidden = (u64)dsdt;
	rename_all(0);
	rename_all(root(2, NULL, NULL));
	rename_all(root(2, ssdt, dsdt));
	assert_false(renamed(ssdt));
	rename_all(root(2, NULL, xsdt));
	assert_false(renamed(dsdt));
	assert_true(renamed(ssdt));
	assert_memory_equal(endless + ACPI_HEADER_SIZE + 1, "_S3_", 4);
}

static void assert_rename(const char *code, u32 size, u32 count, const char *result)
{
	u8 *at = table("DSDT", code, size), sum = 0;

	assert_int_equal(aml_rename(at, ACPI_HEADER_SIZE + size, "_S3_", "_X3_"), count);
	assert_memory_equal(at + ACPI_HEADER_SIZE, result, size);
	for (u32 i = 0; i < ACPI_HEADER_SIZE + size; i++)
		sum += at[i];
	assert_int_equal(sum, 0);
}

#define RENAME(code, count, result) assert_rename(code, sizeof(code) - 1, count, result)

static void only_the_definition_is_renamed(void **state)
{
	(void)state;
	RENAME("\x08_S3_\x12\x06", 1, "\x08_X3_\x12\x06");
	RENAME("\x08\\_S3_\x12\x06", 1, "\x08\\_X3_\x12\x06");
	RENAME("..\x08_S3_\x12\x08_S4_\x12\x08_S3_\x12", 2,
	       "..\x08_X3_\x12\x08_S4_\x12\x08_X3_\x12");
	RENAME("\x0d_S3_\x12", 0, "\x0d_S3_\x12");
	RENAME("\x08_S3_\x0d", 0, "\x08_S3_\x0d");
	RENAME("\x08_S3D\x12", 0, "\x08_S3D\x12");
	RENAME("\x08_S3_", 0, "\x08_S3_");
	RENAME("\x08\\_S3_", 0, "\x08\\_S3_");
	RENAME("\x08", 0, "\x08");
	RENAME("", 0, "");
}

// Forms of \_S3 that real firmware has: a name, then the bytes.
static void forms_of_real_firmware(void **state)
{
	FILE *file = fopen("tests/host/boot/data/aml.txt", "r");
	u32 forms = 0;
	char line[200];

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		char *text = strstr(line, "  "), *next = text;
		char code[64];
		u32 size = 0;

		assert_non_null(text);
		for (; *next != '\n' && *next; text = next)
			code[size++] = (char)strtoul(text, &next, 16);
		u8 *at = table("DSDT", code, size);

		if (aml_rename(at, ACPI_HEADER_SIZE + size, "_S3_", "_X3_") != 1)
			fail_msg("not found: %s", line);
		assert_null(memmem(at + ACPI_HEADER_SIZE, size, "_S3_", 4));
		assert_int_equal(aml_rename(at, ACPI_HEADER_SIZE + size, "_X3_", "_S3_"), 1);
		assert_memory_equal(at + ACPI_HEADER_SIZE, code, size);
		forms++;
	}
	fclose(file);
	assert_int_equal(forms, 4);
}

static void other_forms(void **state)
{
	(void)state;
	RENAME("\x14\x0b\\_S3_\x00\xa4\x00\x00\x00", 1, "\x14\x0b\\_X3_\x00\xa4\x00\x00\x00");
	RENAME("\x14\x47\x00_S3_\x00", 1, "\x14\x47\x00_X3_\x00");
	RENAME("\x14\x06_S3_\x08", 1, "\x14\x06_X3_\x08"); // serialized
	RENAME("\x08^^_S3_\x12", 1, "\x08^^_X3_\x12");
	RENAME("\x06\\._SB_XS3_\\_S3_", 1, "\x06\\._SB_XS3_\\_X3_");
	RENAME("\x06/\x02_SB_XS3_^_S3_", 1, "\x06/\x02_SB_XS3_^_X3_");
	RENAME("\x06_S3_XS3_", 1, "\x06_X3_XS3_");
	RENAME("\x06\\_S3_\\XS3_", 1, "\x06\\_X3_\\XS3_");

	RENAME("\x14\x06_S3_\x01", 0, "\x14\x06_S3_\x01"); // takes an argument
	RENAME("\x14\x05_S3_\x00", 0, "\x14\x05_S3_\x00"); // ends before its flags
	RENAME("\x14\x20_S3_\x00", 0, "\x14\x20_S3_\x00"); // ends behind the table
	RENAME("\x14\x06_S3_", 0, "\x14\x06_S3_");
	RENAME("\x14", 0, "\x14");
	RENAME("\x06"
	       "1XS3_S3_",
	       0,
	       "\x06"
	       "1XS3_S3_"); // no name in front
	RENAME("\x06/\x02_SB__S3_", 0, "\x06/\x02_SB__S3_");
	RENAME("\x06/\xff", 0, "\x06/\xff");
	RENAME("\x06_S3_", 0, "\x06_S3_");
}

static void a_second_renaming_restores(void **state)
{
	u8 *at = code_table("DSDT"), before[64];
	u32 size = ACPI_HEADER_SIZE + 10;

	(void)state;
	memcpy(before, at, size);
	assert_int_equal(aml_rename(at, size, "_S3_", "_X3_"), 1);
	assert_int_equal(aml_rename(at, size, "_X3_", "_S3_"), 1);
	assert_memory_equal(at, before, size);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(every_way_is_walked),
		TEST(old_firmware_has_no_64_bit_pointers),
		TEST(what_is_absent_or_guarded_is_passed_over),
		TEST(only_the_definition_is_renamed),
		TEST(forms_of_real_firmware),
		TEST(other_forms),
		TEST(a_second_renaming_restores),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
