// SPDX-License-Identifier: MIT
// Sources: boot/config/text.c hv/lib/number.c
// Slices, words, numbers and ranges.
#include <string.h>

#include "boot/config/text.h"
#include "tests/host/test.h"

#define UNTOUCHED 0x7e55e7aULL

static const struct {
	const char *text;
	u64 value;
} good_numbers[] = {
	{ "0", 0 },
	{ "42", 42 },
	{ "007", 7 },
	{ "0x0", 0 },
	{ "0xdeadBEEF", 0xdeadbeef },
	{ "0X10", 16 },
	{ "4K", 4096 },
	{ "4k", 4096 },
	{ "16M", 16 << 20 },
	{ "0x10m", 16 << 20 },
	{ "3G", 3ULL << 30 },
	{ "18446744073709551615", UINT64_MAX },
	{ "0xffffffffffffffff", UINT64_MAX },
	{ "17179869183G", 17179869183ULL << 30 },
};

static const char *const bad_numbers[] = {
	"",
	" ",
	"K",
	"x",
	"0x",
	"0xg",
	"12a",
	"-1",
	"+1",
	"1 ",
	" 1",
	"1.5M",
	"18446744073709551616",
	"0x10000000000000000",
	"1T",
	"4KK",
	"4K4",
	"0x0x",
	"1_000",
	"17179869184G",
	"99999999999999999999999",
};

static void numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good_numbers); i++) {
		u64 value = UNTOUCHED;

		assert_true(slice_number(slice_of(good_numbers[i].text), &value));
		assert_int_equal(value, good_numbers[i].value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad_numbers); i++) {
		u64 value = UNTOUCHED;

		if (slice_number(slice_of(bad_numbers[i]), &value))
			fail_msg("\"%s\" was taken for %lu", bad_numbers[i], value);
		assert_int_equal(value, UNTOUCHED);
	}
}

static const struct {
	const char *text;
	u64 start, length;
} good_ranges[] = {
	{ "0+1", 0, 1 },
	{ "0x1000+128", 0x1000, 128 },
	{ " 1M+4K ", 1 << 20, 4096 },
	{ "4K..2M", 4096, (2 << 20) - 4096 },
	{ "0xfffffffffffff000+4K", 0xfffffffffffff000, 4096 },
	{ "1+0xffffffffffffffff", 1, UINT64_MAX },
};

static const char *const bad_ranges[] = {
	"",
	"+",
	"1",
	"1+",
	"+1",
	"1+0",
	"1+-1",
	"1+1+1",
	"1 + 1",
	"8..8",
	"0x1000-0x2000",
	"0xfffffffffffff000+4097",
	"2+0xffffffffffffffff",
	"a+b",
};

static void ranges(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good_ranges); i++) {
		u64 start, length;

		assert_true(slice_range(slice_of(good_ranges[i].text), &start, &length));
		assert_int_equal(start, good_ranges[i].start);
		assert_int_equal(length, good_ranges[i].length);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad_ranges); i++) {
		u64 start = UNTOUCHED, length = UNTOUCHED;

		if (slice_range(slice_of(bad_ranges[i]), &start, &length))
			fail_msg("\"%s\" was taken for %lu+%lu", bad_ranges[i], start, length);
		assert_int_equal(start, UNTOUCHED);
		assert_int_equal(length, UNTOUCHED);
	}
}

static void assert_slice(struct slice s, const char *text)
{
	assert_int_equal(s.size, strlen(text));
	assert_true(slice_equal(s, slice_of(text)));
}

static void trimming(void **state)
{
	(void)state;
	assert_slice(slice_trim(slice_of("")), "");
	assert_slice(slice_trim(slice_of(" \t\r\n")), "");
	assert_slice(slice_trim(slice_of("  a b\r")), "a b");
	assert_slice(slice_trim((struct slice){ NULL, 0 }), "");
}

static void cutting(void **state)
{
	struct slice rest = slice_of("a=b=c");

	(void)state;
	assert_slice(slice_cut(&rest, '='), "a");
	assert_slice(slice_cut(&rest, '='), "b");
	assert_non_null(rest.at);
	assert_slice(slice_cut(&rest, '='), "c");
	assert_null(rest.at);

	rest = slice_of("a=");
	assert_slice(slice_cut(&rest, '='), "a");
	assert_non_null(rest.at);
	assert_slice(rest, "");
}

static void words(void **state)
{
	struct slice rest = slice_of("  one\ttwo  three ");

	(void)state;
	assert_slice(slice_word(&rest), "one");
	assert_slice(slice_word(&rest), "two");
	assert_slice(slice_word(&rest), "three");
	assert_slice(slice_word(&rest), "");
	assert_slice(slice_word(&rest), "");
}

static void copying(void **state)
{
	char to[4];

	(void)state;
	assert_true(slice_copy(to, sizeof(to), slice_of("abc")));
	assert_string_equal(to, "abc");
	assert_false(slice_copy(to, sizeof(to), slice_of("abcd")));
	assert_string_equal(to, "abc");
	assert_true(slice_copy(to, sizeof(to), slice_of("")));
	assert_string_equal(to, "");
}

static void printable(void **state)
{
	(void)state;
	assert_true(slice_printable(slice_of("a~!"), false));
	assert_false(slice_printable(slice_of("a b"), false));
	assert_true(slice_printable(slice_of("a b"), true));
	assert_false(slice_printable(slice_of("a\tb"), true));
	assert_false(slice_printable(slice_of("\xc3\xa4"), true));
	assert_false(slice_printable((struct slice){ "a\0b", 3 }, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),   cmocka_unit_test(ranges), cmocka_unit_test(trimming),
		cmocka_unit_test(cutting),   cmocka_unit_test(words),  cmocka_unit_test(copying),
		cmocka_unit_test(printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
