// SPDX-License-Identifier: MIT
// Sources: hv/lib/number.c
// Sources: hv/lib/format.c hv/core/log.c hv/console/shell/*.c tests/host/shell/terminal.c
// Sources: tests/host/shell/small_table.c
// Floods: whatever comes in, in whatever parts, the shell stays within its bounds and works after.
#include <stdlib.h>
#include <string.h>

#include "hv/console/shell/state.h"
#include "hv/core/cpu.h"
#include "tests/host/shell/small_table.h"
#include "tests/host/shell/terminal.h"
#include "tests/host/test.h"

#define FLOOD (100 * 1024)

u32 cpu_number(void)
{
	return 0;
}

static struct terminal t;
static struct shell s;
static char flood[FLOOD];

static int fresh(void **state)
{
	(void)state;
	runs = lines_printed = 0;
	terminal_init(&t);
	shell_init(&s, &t.tty, 0);
	terminal_settle(&t, &s);
	return 0;
}

static void works_afterwards(void)
{
	t.burst = t.budget = 16;
	terminal_type(&t, &s, "q\x03\x03");
	terminal_type(&t, &s, "echo fine\r");
	assert_string_equal(terminal_row(&t, 1), "<fine>");
	assert_string_equal(terminal_row(&t, 0), PROMPT);
	assert_int_equal(t.faults, 0);
}

static void random_bytes(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 8; seed++) {
		fresh(NULL);
		srand(seed);
		for (u32 i = 0; i < FLOOD; i++)
			flood[i] = (char)rand();
		t.burst = seed * 7 % 65;
		t.budget = seed % 3 ? 16 : 1;
		s.output.paging = seed & 1;
		terminal_type_bytes(&t, &s, flood, FLOOD);
		works_afterwards();
	}
}

// Bytes that mean something are the ones that could do harm.
static void random_keys(void **state)
{
	static const char *const keys[] = { "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D",  "\x1b[H",
					    "\t",     "\x7f",   "\x04",   "\x17",    "\x1b[1;5D",
					    "\x15",   "\r",     "echo ",  "count 3", " | match 2",
					    "\"",     "\x0c",   "red",    "\x1b[3~", "\x0b" };

	(void)state;
	for (unsigned seed = 1; seed <= 8; seed++) {
		u32 length = 0;

		fresh(NULL);
		srand(seed);
		while (length < FLOOD - 16) {
			const char *key = keys[(size_t)rand() % ARRAY_SIZE(keys)];

			memcpy(flood + length, key, strlen(key));
			length += (u32)strlen(key);
		}
		t.burst = seed;
		terminal_type_bytes(&t, &s, flood, length);
		works_afterwards();
	}
}

// A pasted script that comes no faster than it can be run loses nothing.
static void a_paste_of_lines_runs_every_line(void **state)
{
	u32 length = 0;

	(void)state;
	while (length < 20000) {
		memcpy(flood + length, "echo a\r\n", 8);
		length += 8;
	}
	t.burst = 1;
	t.budget = 64;
	terminal_type_bytes(&t, &s, flood, length);
	assert_int_equal(s.input_lost, 0);
	assert_int_equal(runs, length / 8);
}

static void a_flood_is_dropped_counted_and_told(void **state)
{
	(void)state;
	memset(flood, 'x', FLOOD);
	for (u32 i = 0; i < FLOOD; i += 20)
		flood[i] = '\r';
	terminal_type_bytes(&t, &s, flood, FLOOD);
	assert_true(s.input_lost > 0);
	assert_true(terminal_shows(&t, 0, "bytes of input were lost]"));
	works_afterwards();
}

static void one_poll_is_bounded(void **state)
{
	u32 most_in = 0, most_out = 0;

	(void)state;
	memset(flood, '\t', FLOOD);
	t.budget = 100000;
	t.typed = flood;
	t.typed_length = FLOOD;
	while (t.typed_at < FLOOD) {
		terminal_poll(&t, &s);
		most_in = MAX(most_in, t.given);
		most_out = MAX(most_out, t.taken);
	}
	assert_true(most_in <= 64);
	assert_true(most_out <= 64 + 60);
}

static void sequences_may_be_split_anywhere(void **state)
{
	static const char typed[] =
		"ehcol\x1b[D\x1b[D\x1b[D\x1b[D\x1b[3~\x1b[1;5C\x1b[1~\x1b[C\x1b[Ch"
		"\x1b[C\x1b[3~\x1bOF red\x1b[200~ x\x1b[201~\r";
	char expected[64];

	(void)state;
	terminal_type(&t, &s, typed);
	assert_int_equal(runs, 1);
	memcpy(expected, terminal_row(&t, 1), sizeof(expected));
	for (u32 burst = 1; burst < 12; burst++) {
		fresh(NULL);
		t.burst = burst;
		terminal_type(&t, &s, typed);
		assert_int_equal(runs, 1);
		assert_memory_equal(terminal_row(&t, 1), expected, strlen(expected));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(random_bytes, fresh),
		cmocka_unit_test_setup(random_keys, fresh),
		cmocka_unit_test_setup(a_paste_of_lines_runs_every_line, fresh),
		cmocka_unit_test_setup(a_flood_is_dropped_counted_and_told, fresh),
		cmocka_unit_test_setup(one_poll_is_bounded, fresh),
		cmocka_unit_test_setup(sequences_may_be_split_anywhere, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
