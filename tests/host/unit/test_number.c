// SPDX-License-Identifier: MIT
// Sources: hv/lib/number.c
// Numbers and ranges as people write them, and what is refused.
#include <string.h>

#include "hv/lib/number.h"
#include "tests/host/test.h"

static void numbers_are_read(void **state)
{
	static const struct {
		const char *text;
		u64 value;
	} good[] = {
		{ "0", 0 },
		{ "31", 31 },
		{ "0x1f", 0x1f },
		{ "0X1F", 0x1f },
		{ "4K", 4096 },
		{ "4k", 4096 },
		{ "2M", 2 << 20 },
		{ "1G", 1 << 30 },
		{ "0x10k", 16 << 10 },
		{ "007", 7 },
		{ "18446744073709551615", UINT64_MAX },
		{ "0xffffffffffffffff", UINT64_MAX },
		{ "17179869183G", 17179869183ULL << 30 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		u64 value = 99;

		assert_true(number_parse(good[i].text, strlen(good[i].text), &value));
		assert_int_equal(value, good[i].value);
	}
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"x",
		"0x",
		"K",
		"-1",
		"+1",
		" 1",
		"1 ",
		"12z",
		"1KK",
		"0xg",
		"1.5",
		"0b1",
		"1T",
		"18446744073709551616",
		"0x10000000000000000",
		"17179869184G",
		"0x8000000000000000K",
		"99999999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		u64 value = 99;

		if (number_parse(bad[i], strlen(bad[i]), &value))
			fail_msg("`%s` was read as a number", bad[i]);
		assert_int_equal(value, 99);
	}
}

static void ranges_are_read(void **state)
{
	static const struct {
		const char *text;
		u64 start, length;
	} good[] = {
		{ "0x1000+0x80", 0x1000, 0x80 },
		{ "1M+4K", 1 << 20, 4096 },
		{ "0x1000..0x1080", 0x1000, 0x80 },
		{ "0..1", 0, 1 },
		{ "4K..2M", 4096, (2 << 20) - 4096 },
		{ "0x1234", 0x1234, 77 }, // an address alone leaves the length
		{ "0xffffffffffffffff+1", UINT64_MAX, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		u64 start = 0, length = 77;

		assert_true(
			number_parse_range(good[i].text, strlen(good[i].text), &start, &length));
		assert_int_equal(start, good[i].start);
		assert_int_equal(length, good[i].length);
	}
}

static void what_is_no_range_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"+",
		"..",
		"1+",
		"1..",
		"+1",
		"..1",
		"1+0",
		"8..8",
		"8..7",
		"1.2",
		"1...2",
		"1+2+3",
		"1..2..3",
		"1-2",
		"0x+1",
		"1 + 2",
		"idt",
		"0xffffffffffffffff+2",
		"2+0xffffffffffffffff",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		u64 start = 98, length = 99;

		if (number_parse_range(bad[i], strlen(bad[i]), &start, &length))
			fail_msg("`%s` was read as a range", bad[i]);
		assert_int_equal(start, 98);
		assert_int_equal(length, 99);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(ranges_are_read),
		cmocka_unit_test(what_is_no_range_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
