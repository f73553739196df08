// SPDX-License-Identifier: MIT
// Sources: hv/lib/number.c
// Sources: hv/lib/format.c hv/core/log.c hv/console/shell/*.c tests/host/shell/terminal.c
// Sources: tests/host/shell/small_table.c
// The shell at a terminal: what the operator types and what they see.
#include <stdio.h>
#include <string.h>

#include "hv/console/shell/state.h"
#include "hv/core/cpu.h"
#include "hv/core/log.h"
#include "tests/host/shell/small_table.h"
#include "tests/host/shell/terminal.h"
#include "tests/host/test.h"

u32 cpu_number(void)
{
	return 2;
}

static struct terminal t;
static struct shell s;
static _Alignas(128) u8 log_memory[32 * 1024];

static int fresh(void **state)
{
	(void)state;
	memset(log_memory, 0, sizeof(log_memory));
	log_init(log_memory, sizeof(log_memory), LOG_INFO);
	runs = lines_printed = 0;
	table_locked = false;
	terminal_init(&t);
	shell_init(&s, &t.tty, 1000000000);
	terminal_settle(&t, &s);
	return 0;
}

static int nothing_odd_was_sent(void **state)
{
	(void)state;
	assert_int_equal(t.faults, 0);
	return 0;
}

static void it_greets_and_prompts(void **state)
{
	(void)state;
	assert_true(terminal_shows(&t, 0, "`help` lists the commands"));
	assert_string_equal(terminal_row(&t, 0), PROMPT);
}

static void a_command_gets_its_words(void **state)
{
	(void)state;
	terminal_type(&t, &s, "  echo  one \"two three\" 4 \r");
	assert_int_equal(runs, 1);
	assert_int_equal(last_argc, 3);
	assert_string_equal(last_argv[1], "two three");
	assert_string_equal(terminal_row(&t, 1), "<one><two three><4>");
	assert_string_equal(terminal_row(&t, 0), PROMPT);
	terminal_type(&t, &s, "\r\r \r");
	assert_int_equal(runs, 1);
}

static void the_line_on_the_screen_is_the_line(void **state)
{
	(void)state;
	terminal_type(&t, &s, "ecXho helo\x1b[D\x1b[Dl\x01\x1b[C\x1b[C\x1b[3~");
	assert_string_equal(terminal_row(&t, 0), PROMPT "echo hello");
	assert_int_equal(t.x, strlen(PROMPT) + 2);
	terminal_type(&t, &s, "\r");
	assert_string_equal(terminal_row(&t, 1), "<hello>");
}

static void a_long_line_scrolls_and_never_wraps(void **state)
{
	u32 y = t.y;
	char text[LINE_SIZE + 20];

	(void)state;
	for (u32 i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	terminal_type_bytes(&t, &s, text, sizeof(text));
	assert_int_equal(t.y, y);
	assert_int_equal(s.line.length, LINE_SIZE - 1);
	assert_int_equal(strlen(terminal_row(&t, 0)), TERMINAL_COLUMNS - 1);
	terminal_type(&t, &s, "\x01");
	assert_memory_equal(terminal_row(&t, 0), PROMPT "abcdef", strlen(PROMPT) + 6);
	assert_int_equal(t.x, strlen(PROMPT));
	for (u32 i = 0; i < LINE_SIZE; i++) {
		terminal_type(&t, &s, "\x1b[C");
		assert_int_equal(t.y, y);
	}
	assert_int_equal(t.x, TERMINAL_COLUMNS - 1);
}

static void wrong_words_get_the_right_usage(void **state)
{
	static const struct {
		const char *typed, *shown;
	} mistakes[] = {
		{ "ehco\r", "did you mean `echo`?" },
		{ "coutn\r", "usage: count N" },
		{ "cou\r", "did you mean `count`?" },
		{ "zebra\r", "no command `zebra`: `help` lists them" },
		{ "count\r", "an argument is missing" },
		{ "count 1 2\r", "too many arguments" },
		{ "count x\r", "`x` is not a number" },
		{ "echo \"x\r", "a quote is not closed" },
		{ "echo 1 2 3 4 5 6 7 8 9\r", "too many words" },
		{ "echo | less\r", "only `| match TEXT` can follow" },
		{ "echo | match\r", "only `| match TEXT` can follow" },
		{ "| match x\r", "a command must stand before" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		u32 y = t.y;

		terminal_type(&t, &s, mistakes[i].typed);
		if (!terminal_shows(&t, y, mistakes[i].shown))
			fail_msg("%s does not say: %s", mistakes[i].typed, mistakes[i].shown);
	}
	assert_int_equal(runs, 0);
}

static void lockdown_refuses_what_changes(void **state)
{
	(void)state;
	table_locked = true;
	terminal_type(&t, &s, "change\recho x\r");
	assert_true(terminal_shows(&t, 0, "locked down"));
	assert_int_equal(runs, 1);
	table_locked = false;
	terminal_type(&t, &s, "change\r");
	assert_int_equal(runs, 2);
}

static void history_is_at_the_arrows(void **state)
{
	(void)state;
	terminal_type(&t, &s, "echo one\recho two\rdraft\x1b[A");
	assert_string_equal(terminal_row(&t, 0), PROMPT "echo two");
	terminal_type(&t, &s, "\x1bOA");
	assert_string_equal(terminal_row(&t, 0), PROMPT "echo one");
	terminal_type(&t, &s, "\x1b[B\x0e");
	assert_string_equal(terminal_row(&t, 0), PROMPT "draft");
	terminal_type(&t, &s, "\x1b[A\x1b[A!\r");
	assert_string_equal(terminal_row(&t, 1), "<one!>");
}

static void tab_completes(void **state)
{
	static const struct {
		const char *typed, *line;
	} completions[] = {
		{ "ec\t", "echo " },
		{ "ec\tre\t", "echo red " },
		{ "echo g\t", "echo green" },
		{ "echo greeni\t", "echo greenish " },
		{ "echo red \t", "echo red x " },
		{ "echo red x \t", "echo red x " },
		{ "nope \t", "nope " },
		{ "count \t", "count " },
		{ "flood | m\t", "flood | match " },
		{ "flood|\t", "flood|match " },
		{ "zz\t", "zz" },
		{ "echo re\x1b[D\t", "echo red e" },
		{ "flood | match x\t", "flood | match x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(completions); i++) {
		terminal_type(&t, &s, completions[i].typed);
		assert_string_equal(s.line.text, completions[i].line);
		terminal_type(&t, &s, "\x03");
	}
	assert_true(t.bells >= 4);
}

static void tab_lists_what_is_possible(void **state)
{
	u32 y = t.y;

	(void)state;
	terminal_type(&t, &s, "c\t");
	assert_true(terminal_shows(&t, y, "count               change"));
	assert_string_equal(terminal_row(&t, 0), PROMPT "c");
	terminal_type(&t, &s,
		      "\x15"
		      "echo green\t");
	assert_true(terminal_shows(&t, y, "green               greenish"));
	assert_string_equal(terminal_row(&t, 0), PROMPT "echo green");
}

static void long_output_comes_whole(void **state)
{
	u32 y = t.y;

	(void)state;
	terminal_type(&t, &s, "count 2000\r");
	assert_int_equal(terminal_count(&t, y, "of 2000"), 2000);
	assert_true(terminal_shows(&t, y, "line 1 of"));
	assert_string_equal(terminal_row(&t, 1), "line 2000 of 2000");
}

static void output_without_room_is_cut_with_a_note(void **state)
{
	u32 y = t.y;
	u32 shown;
	char note[64];

	(void)state;
	terminal_type(&t, &s, "flood\r");
	shown = terminal_count(&t, y, "flood ");
	assert_in_range(shown, 100, 999);
	snprintf(note, sizeof(note), "[%u lines did not fit and were left out]", 1000 - shown);
	assert_string_equal(terminal_row(&t, 1), note);
}

static void match_lets_lines_through(void **state)
{
	u32 y = t.y;

	(void)state;
	terminal_type(&t, &s, "count 1500 | match LINE 77 of \r");
	assert_int_equal(terminal_count(&t, y, "of 1500"), 1);
	assert_string_equal(terminal_row(&t, 1), "line 77 of 1500");
	terminal_type(&t, &s, "count 150|match 5 of\r");
	assert_int_equal(terminal_count(&t, y, "of 150"), 16);
	terminal_type(&t, &s, "echo nothing left\r");
	assert_string_equal(terminal_row(&t, 1), "<nothing><left>");
}

static void more_stops_after_a_screen(void **state)
{
	u32 y;

	(void)state;
	s.output.paging = true;
	y = t.y;
	terminal_type(&t, &s, "count 100\r");
	assert_memory_equal(terminal_row(&t, 0), "--more--", 8);
	assert_int_equal(t.y - y, SCREEN_ROWS - 1);
	terminal_type(&t, &s, "x\x1b[A");
	assert_int_equal(t.y - y, SCREEN_ROWS - 1);
	terminal_type(&t, &s, "\r");
	assert_int_equal(t.y - y, SCREEN_ROWS);
	terminal_type(&t, &s, " ");
	assert_int_equal(t.y - y, 2 * SCREEN_ROWS - 1);
	terminal_type(&t, &s, "   ");
	assert_string_equal(terminal_row(&t, 1), "line 100 of 100");
	assert_false(terminal_shows(&t, 0, "--more--"));
	assert_int_equal(terminal_count(&t, y, "of 100"), 100);
	assert_string_equal(terminal_row(&t, 0), PROMPT);
}

static void more_can_be_left(void **state)
{
	(void)state;
	s.output.paging = true;
	terminal_type(&t, &s, "count 1000\rq");
	assert_string_equal(terminal_row(&t, 0), PROMPT);
	assert_true(lines_printed < 1000);
	terminal_type(&t, &s, "count 1000\r\x03");
	assert_string_equal(terminal_row(&t, 0), PROMPT);
	terminal_type(&t, &s, "echo on\r");
	assert_string_equal(terminal_row(&t, 1), "<on>");
}

static void more_counts_wrapped_lines_as_two(void **state)
{
	u32 y = t.y;

	(void)state;
	s.output.paging = true;
	terminal_type(&t, &s, "wide\r");
	assert_true(t.y - y < SCREEN_ROWS);
	assert_memory_equal(terminal_row(&t, 0), "--more--", 8);
}

static void cancel_ends_a_command_at_once(void **state)
{
	(void)state;
	t.typed = "count 1000000\r";
	t.typed_length = strlen(t.typed);
	for (int i = 0; i < 300; i++)
		terminal_poll(&t, &s);
	terminal_type(&t, &s, "echo lost\r\x03");
	assert_true(lines_printed < 2000);
	assert_string_equal(terminal_row(&t, 0), PROMPT);
	assert_int_equal(runs, 0);
	terminal_type(&t, &s, "half a line\x03");
	assert_string_equal(terminal_row(&t, 0), PROMPT);
	terminal_type(&t, &s, "echo on\r");
	assert_int_equal(runs, 1);
}

static void typing_ahead_waits_its_turn(void **state)
{
	u32 y = t.y;

	(void)state;
	terminal_type(&t, &s, "count 200\recho a\necho b\r\necho c\r");
	assert_int_equal(runs, 3);
	assert_int_equal(terminal_count(&t, y, "of 200"), 200);
	assert_true(terminal_shows(&t, y, "<c>"));
}

static void log_lines_appear_above_the_line(void **state)
{
	u32 y = t.y;

	(void)state;
	terminal_type(&t, &s, "echo ab\x1b[D");
	log_warn("something happened");
	log_error("twice");
	terminal_settle(&t, &s);
	assert_int_equal(t.y, y + 2);
	assert_non_null(strstr(terminal_row(&t, 2), "cpu2 W something happened"));
	assert_non_null(strstr(terminal_row(&t, 1), "cpu2 E twice"));
	assert_string_equal(terminal_row(&t, 0), PROMPT "echo ab");
	terminal_type(&t, &s, "X\r");
	assert_string_equal(terminal_row(&t, 1), "<aXb>");
}

static void a_flood_of_log_lines_leaves_the_shell_alive(void **state)
{
	(void)state;
	t.typed = "echo alive\r";
	t.typed_length = strlen(t.typed);
	t.burst = 1;
	for (int i = 0; i < 20000; i++) {
		log_info("flood %d", i);
		terminal_poll(&t, &s);
	}
	terminal_settle(&t, &s);
	assert_int_equal(runs, 1);
	assert_true(terminal_shows(&t, 0, "log lines came too fast to be shown]"));
	assert_non_null(strstr(terminal_row(&t, 1), "flood 19999"));
}

static void lost_input_is_told(void **state)
{
	(void)state;
	t.tty.lost = 7;
	terminal_settle(&t, &s);
	assert_string_equal(terminal_row(&t, 1), "[7 bytes of input were lost]");
	assert_string_equal(terminal_row(&t, 0), PROMPT);
}

static void rest_is_reported_as_rest(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		assert_false(terminal_poll(&t, &s));
	assert_int_equal(t.taken, 0);
	t.typed = "e";
	t.typed_length = 1;
	t.typed_at = 0;
	assert_true(terminal_poll(&t, &s));
}

static void a_line_that_takes_nothing_hurts_nobody(void **state)
{
	(void)state;
	t.budget = 0;
	t.typed = "count 100000\r";
	t.typed_length = strlen(t.typed);
	for (int i = 0; i < 100000; i++)
		terminal_poll(&t, &s);
	assert_true(lines_printed < 1000);
	t.budget = 16;
	terminal_type(&t, &s, "\x03");
	assert_string_equal(terminal_row(&t, 0), PROMPT);
}

#define SHELL_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, nothing_odd_was_sent)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHELL_TEST(it_greets_and_prompts),
		SHELL_TEST(a_command_gets_its_words),
		SHELL_TEST(the_line_on_the_screen_is_the_line),
		SHELL_TEST(a_long_line_scrolls_and_never_wraps),
		SHELL_TEST(wrong_words_get_the_right_usage),
		SHELL_TEST(lockdown_refuses_what_changes),
		SHELL_TEST(history_is_at_the_arrows),
		SHELL_TEST(tab_completes),
		SHELL_TEST(tab_lists_what_is_possible),
		SHELL_TEST(long_output_comes_whole),
		SHELL_TEST(output_without_room_is_cut_with_a_note),
		SHELL_TEST(match_lets_lines_through),
		SHELL_TEST(more_stops_after_a_screen),
		SHELL_TEST(more_can_be_left),
		SHELL_TEST(more_counts_wrapped_lines_as_two),
		SHELL_TEST(cancel_ends_a_command_at_once),
		SHELL_TEST(typing_ahead_waits_its_turn),
		SHELL_TEST(log_lines_appear_above_the_line),
		SHELL_TEST(a_flood_of_log_lines_leaves_the_shell_alive),
		SHELL_TEST(lost_input_is_told),
		SHELL_TEST(rest_is_reported_as_rest),
		SHELL_TEST(a_line_that_takes_nothing_hurts_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
