// SPDX-License-Identifier: MIT
// Sources: boot/efi/path.c boot/efi/option.c
// Device paths and boot entries, well-formed and not.
#include <string.h>

#include "boot/efi/option.h"
#include "tests/host/test.h"

#define END                0x7f, 0xff, 4, 0
#define PCI                1, 1, 6, 0, 0, 0x1f
#define FIRMWARE           4, 6, 20, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
#define LEGACY             5, 1, 8, 0, 0, 0, 0, 0
#define FILE_A_EFI         4, 4, 16, 0, '\\', 0, 'A', 0, '.', 0, 'E', 0, 'F', 0, 0, 0
#define ZEROS8             0, 0, 0, 0, 0, 0, 0, 0
#define SIGNATURE          1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
#define DISK(number, kind) 4, 1, 42, 0, number, 0, 0, 0, ZEROS8, ZEROS8, SIGNATURE, 2, kind

static const struct path_node *path_of(const u8 *bytes)
{
	return (const void *)bytes;
}

static void validity(void **state)
{
	static const u8 good[] = { PCI, END };
	static const u8 no_end[] = { PCI };
	static const u8 short_node[] = { 1, 1, 3, 0, END };
	static const u8 long_node[] = { 1, 1, 0xff, 0xff, END };
	static const u8 zero_node[] = { 1, 1, 0, 0, END };

	(void)state;
	assert_true(path_valid(good, sizeof(good)));
	assert_int_equal(path_size(path_of(good)), sizeof(good));
	assert_false(path_valid(good, 0));
	for (size_t size = 0; size < sizeof(good); size++)
		assert_false(path_valid(good, size));
	assert_false(path_valid(no_end, sizeof(no_end)));
	assert_false(path_valid(short_node, sizeof(short_node)));
	assert_false(path_valid(long_node, sizeof(long_node)));
	assert_false(path_valid(zero_node, sizeof(zero_node)));
}

static void closing(void **state)
{
	static const u8 wanted[] = { 4, 4, 0x08, 0x01 }, end[] = { END };
	u8 bytes[0x108 + sizeof(end)] = { 4, 4 };

	(void)state;
	path_close((void *)bytes, 0x108);
	assert_memory_equal(bytes, wanted, sizeof(wanted));
	assert_memory_equal(bytes + 0x108, end, sizeof(end));
	assert_true(path_valid(bytes, sizeof(bytes)));
	assert_int_equal(path_size(path_of(bytes)), sizeof(bytes));
}

static void kinds(void **state)
{
	static const u8 full[] = { PCI, DISK(1, 2), FILE_A_EFI, END };
	static const u8 shell[] = { FIRMWARE, END };
	static const u8 device[] = { PCI, END };
	static const u8 disk[] = { DISK(1, 2), FILE_A_EFI, END };
	static const u8 file[] = { FILE_A_EFI, END };
	static const u8 legacy[] = { LEGACY, END };
	static const u8 empty[] = { END };

	(void)state;
	assert_int_equal(path_kind(path_of(full)), PATH_KIND_FULL);
	assert_int_equal(path_kind(path_of(shell)), PATH_KIND_FULL);
	assert_int_equal(path_kind(path_of(device)), PATH_KIND_DEVICE);
	assert_int_equal(path_kind(path_of(disk)), PATH_KIND_SHORT_DISK);
	assert_int_equal(path_kind(path_of(file)), PATH_KIND_SHORT_FILE);
	assert_int_equal(path_kind(path_of(legacy)), PATH_KIND_LEGACY);
	assert_int_equal(path_kind(path_of(empty)), PATH_KIND_DEVICE);
	assert_true(path_in_firmware(path_of(shell)));
	assert_false(path_in_firmware(path_of(full)));
}

static void prefixes(void **state)
{
	static const u8 device[] = { PCI, END };
	static const u8 other[] = { 1, 1, 6, 0, 0, 0x1e, END };
	static const u8 full[] = { PCI, DISK(1, 2), END };
	static const u8 empty[] = { END };

	(void)state;
	assert_true(path_starts_with(path_of(full), path_of(device)));
	assert_true(path_starts_with(path_of(device), path_of(device)));
	assert_true(path_starts_with(path_of(device), path_of(empty)));
	assert_false(path_starts_with(path_of(device), path_of(full)));
	assert_false(path_starts_with(path_of(full), path_of(other)));
	assert_false(path_starts_with(path_of(empty), path_of(device)));
}

static void disks(void **state)
{
	static const u8 first[] = { PCI, DISK(1, 2), END };
	static const u8 second[] = { DISK(2, 2), END };
	static const u8 same[] = { DISK(1, 2), FILE_A_EFI, END };
	static const u8 mbr[] = { DISK(1, 1), END };
	static const u8 none[] = { PCI, END };
	static const u8 stunted[] = { 4, 1, 4, 0, END };
	const struct path_node *disk = path_disk(path_of(first));

	(void)state;
	assert_non_null(disk);
	assert_null(path_disk(path_of(none)));
	assert_true(path_same_disk(disk, path_disk(path_of(same))));
	assert_false(path_same_disk(disk, path_disk(path_of(second))));
	assert_false(path_same_disk(disk, path_disk(path_of(mbr))));
	assert_false(path_same_disk(disk, path_disk(path_of(stunted))));
}

static void assert_file(const u8 *path, const char *text)
{
	u16 file[PATH_TEXT_SIZE];

	assert_true(path_file(path_of(path), file));
	for (size_t i = 0; i <= strlen(text); i++)
		assert_int_equal(file[i], text[i]);
}

static void files(void **state)
{
	static const u8 one[] = { PCI, FILE_A_EFI, END };
	// The text lies at an odd address when this is read from the second byte on.
	static const u8 odd[] = { 0, FILE_A_EFI, END };
	static const u8 two[] = { 4, 4, 8, 0, '\\', 0, 'x', 0, 4, 4, 6, 0, 'y', 0, END };
	static const u8 joined[] = { 4, 4, 8, 0, 'x', 0, '\\', 0, 4, 4, 6, 0, 'y', 0, END };
	static const u8 none[] = { PCI, END };
	static const u8 bare[] = { 4, 4, 4, 0, END };
	static u8 endless[4 + 2 * PATH_TEXT_SIZE + 4] = { 4, 4 };
	static const u8 end[] = { END };
	u16 file[PATH_TEXT_SIZE];

	(void)state;
	assert_file(one, "\\A.EF");
	assert_file(odd + 1, "\\A.EF");
	assert_file(two, "\\x\\y");
	assert_file(joined, "x\\y");
	assert_false(path_file(path_of(none), file));
	assert_false(path_file(path_of(bare), file));

	memset(endless + 4, 'x', 2 * PATH_TEXT_SIZE);
	endless[2] = (u8)(sizeof(endless) - 4);
	endless[3] = (u8)((sizeof(endless) - 4) >> 8);
	memcpy(endless + sizeof(endless) - 4, end, 4);
	assert_true(path_valid(endless, sizeof(endless)));
	assert_false(path_file(path_of(endless), file));
}

#define SAME(a, b)  assert_true(path_same_file(u##a, u##b))
#define OTHER(a, b) assert_false(path_same_file(u##a, u##b))

static void same_files(void **state)
{
	(void)state;
	SAME("\\EFI\\BOOT\\BOOTX64.EFI", "\\efi\\boot\\bootx64.efi");
	SAME("\\EFI\\BOOT\\BOOTX64.EFI", "EFI/BOOT/BOOTX64.EFI");
	SAME("\\EFI\\\\BOOT\\x", "\\EFI\\BOOT//x");
	SAME("", "\\");
	OTHER("\\EFI\\BOOT\\BOOTX64.EFI", "\\EFI\\BOOT\\BOOTX64.EF");
	OTHER("\\EFI\\BOOT", "\\EFI\\BOOT\\x");
	OTHER("\\EFI\\BOOTx", "\\EFI\\BOOT\\x");
	OTHER("ab", "a\\b");
	OTHER("[", "{");
}

static void options(void **state)
{
	static const u8 entry[] = { 1, 0,    0, 0, 20, 0,          'D', 0,    'e',
				    0, 0x42, 1, 0, 0,  FILE_A_EFI, END, 0xaa, 0xbb };
	struct option o;

	(void)state;
	assert_true(option_parse(entry, sizeof(entry), &o));
	assert_int_equal(o.attributes, OPTION_ACTIVE);
	assert_string_equal(o.description, "De?");
	assert_int_equal(path_kind(o.path), PATH_KIND_SHORT_FILE);
	assert_int_equal(o.data_size, 2);
	assert_int_equal(o.data[0], 0xaa);
	assert_false(option_is_firmware(&o));
	// Only the load options may be shorter than they are.
	for (size_t size = 0; size < sizeof(entry); size++)
		assert_int_equal(option_parse(entry, size, &o), size >= sizeof(entry) - 2);
}

static void odd_options(void **state)
{
	static const u8 shell[] = { 1, 0, 0, 0, 24, 0, 0, 0, FIRMWARE, END };
	static const u8 menu[] = { 1, 1, 0, 0, 20, 0, 0, 0, FILE_A_EFI, END };
	static const u8 no_path[] = { 1, 0, 0, 0, 0, 0, 0, 0 };
	u8 endless[600];
	struct option o;

	(void)state;
	assert_true(option_parse(shell, sizeof(shell), &o));
	assert_true(option_is_firmware(&o));
	assert_true(option_parse(menu, sizeof(menu), &o));
	assert_true(option_is_firmware(&o));
	assert_false(option_parse(no_path, sizeof(no_path), &o));
	memset(endless, 'x', sizeof(endless));
	assert_false(option_parse(endless, sizeof(endless), &o));
}

static void built_options(void **state)
{
	static const u8 path[] = { DISK(1, 2), FILE_A_EFI, END };
	u8 entry[128];
	size_t size = option_build(entry, sizeof(entry), "Tessera", path_of(path));
	struct option o;

	(void)state;
	assert_int_equal(size, 6 + 16 + sizeof(path));
	assert_true(option_parse(entry, size, &o));
	assert_int_equal(o.attributes, OPTION_ACTIVE);
	assert_string_equal(o.description, "Tessera");
	assert_memory_equal(o.path, path, sizeof(path));
	assert_int_equal(o.data_size, 0);
	assert_int_equal(option_build(entry, size - 1, "Tessera", path_of(path)), 0);
}

static void order(void **state)
{
	static const u16 numbers[] = { 3, 0, 7 };
	u16 name[OPTION_VARIABLE_SIZE];

	(void)state;
	assert_int_equal(option_after(numbers, 3, 3), 1);
	assert_int_equal(option_after(numbers, 3, 7), 3);
	assert_int_equal(option_after(numbers, 3, 9), 0);
	assert_int_equal(option_after(numbers, 0, 3), 0);
	option_variable(0x3aF, name);
	assert_memory_equal(name, u"Boot03AF", sizeof(name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(validity),    cmocka_unit_test(closing),
		cmocka_unit_test(kinds),       cmocka_unit_test(prefixes),
		cmocka_unit_test(disks),       cmocka_unit_test(files),
		cmocka_unit_test(same_files),  cmocka_unit_test(options),
		cmocka_unit_test(odd_options), cmocka_unit_test(built_options),
		cmocka_unit_test(order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
