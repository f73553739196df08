// SPDX-License-Identifier: MIT
// Sources: hv/lib/format.c
// The small printf against the C library's: every conversion with every flag and width.
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "hv/lib/format.h"
#include "tests/host/test.h"

// The formats are built at run time, so the compiler cannot check them.
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

static const char *const flags[] = { "",   "-",   "0",   "1",  "5",   "-5",  "05",
				     "12", "-12", "012", "25", "-25", "025", "-012" };

#define CHECK_SAME(text, value)                                               \
	do {                                                                  \
		char ours[128], theirs[128];                                  \
		u32 length = format(ours, sizeof(ours), text, value);         \
		int expected = snprintf(theirs, sizeof(theirs), text, value); \
                                                                              \
		assert_string_equal(ours, theirs);                            \
		assert_int_equal(length, expected);                           \
	} while (0)

static const s64 numbers[] = {
	0,    1,     -1,      7,       10,       -10,       99,           100,       255,
	4095, 65536, INT_MAX, INT_MIN, UINT_MAX, 1LL << 40, -(1LL << 40), LLONG_MAX, LLONG_MIN
};

static void numbers_print_like_the_c_library(void **state)
{
	static const char *const narrow[] = { "d", "u", "x" };
	static const char *const wide[] = { "ld", "lu", "lx", "lld", "llu", "llx" };

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(flags); f++) {
		for (size_t n = 0; n < ARRAY_SIZE(numbers); n++) {
			char text[16];

			for (size_t i = 0; i < ARRAY_SIZE(narrow); i++) {
				snprintf(text, sizeof(text), "<%%%s%s>", flags[f], narrow[i]);
				CHECK_SAME(text, (int)numbers[n]);
			}
			for (size_t i = 0; i < ARRAY_SIZE(wide); i++) {
				snprintf(text, sizeof(text), "<%%%s%s>", flags[f], wide[i]);
				CHECK_SAME(text, numbers[n]);
			}
		}
	}
}

static void texts_print_like_the_c_library(void **state)
{
	static const char *const texts[] = { "", "a", "tessera",
					     "a text that is longer than that" };
	static const char *const widths[] = { "", "-", "1", "5", "-5", "12", "-12", "40", "-40" };

	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(widths); w++) {
		char text[16];

		snprintf(text, sizeof(text), "<%%%ss>", widths[w]);
		for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
			CHECK_SAME(text, texts[i]);
		snprintf(text, sizeof(text), "<%%%sc>", widths[w]);
		CHECK_SAME(text, 'q');
	}
}

static void pointers_print_with_their_prefix(void **state)
{
	char text[32];

	(void)state;
	CHECK_SAME("%p", (void *)0x1234abcd5678);
	CHECK_SAME("%20p|", (void *)0x1000);
	format(text, sizeof(text), "%p", NULL);
	assert_string_equal(text, "0x0");
}

static void several_arguments_keep_their_order(void **state)
{
	char ours[128], theirs[128];

	(void)state;
	format(ours, sizeof(ours), "%s=%08lx (%d%%) %c%c %u", "gpa", 0xabcUL, -5, 'o', 'k', 7U);
	snprintf(theirs, sizeof(theirs), "%s=%08lx (%d%%) %c%c %u", "gpa", 0xabcUL, -5, 'o', 'k',
		 7U);
	assert_string_equal(ours, theirs);
}

static void too_long_is_cut_and_measured(void **state)
{
	(void)state;
	for (u32 size = 0; size < 20; size++) {
		char ours[32], theirs[32];

		memset(ours, 'Z', sizeof(ours));
		memset(theirs, 'Z', sizeof(theirs));
		assert_int_equal(format(ours, size, "%s-%05d", "mosaic", 42), 12);
		assert_int_equal(snprintf(theirs, size, "%s-%05d", "mosaic", 42), 12);
		assert_memory_equal(ours, theirs, sizeof(ours));
	}
}

static void mistakes_are_shown_and_take_no_argument(void **state)
{
	char text[64];
	const char *unknown = "100%! %q %d %";
	const char *volatile nothing = NULL;

	(void)state;
	format(text, sizeof(text), unknown, 7);
	assert_string_equal(text, "100%! %q 7 %");
	format(text, sizeof(text), "<%s>", nothing);
	assert_string_equal(text, "<(null)>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_print_like_the_c_library),
		cmocka_unit_test(texts_print_like_the_c_library),
		cmocka_unit_test(pointers_print_with_their_prefix),
		cmocka_unit_test(several_arguments_keep_their_order),
		cmocka_unit_test(too_long_is_cut_and_measured),
		cmocka_unit_test(mistakes_are_shown_and_take_no_argument),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
