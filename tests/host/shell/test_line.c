// SPDX-License-Identifier: MIT
// Sources: hv/console/shell/key.c hv/console/shell/line.c hv/console/shell/history.c
// From bytes to keys, what keys do to the line, and the history.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hv/console/shell/history.h"
#include "hv/console/shell/key.h"
#include "hv/console/shell/line.h"
#include "tests/host/test.h"

// Feeds bytes to a decoder and answers the last key that was one.
static enum key last_key(struct key_decoder *d, const char *bytes)
{
	enum key last = KEY_NONE;

	for (; *bytes; bytes++) {
		enum key key = key_decode(d, (u8)*bytes);

		if (key != KEY_NONE)
			last = key;
	}
	return last;
}

static void every_terminal_s_keys_are_known(void **state)
{
	static const struct {
		const char *bytes;
		enum key key;
	} keys[] = {
		{ "\x1b[A", KEY_UP },
		{ "\x1bOA", KEY_UP },
		{ "\x10", KEY_UP },
		{ "\x1b[B", KEY_DOWN },
		{ "\x1bOB", KEY_DOWN },
		{ "\x0e", KEY_DOWN },
		{ "\x1b[C", KEY_RIGHT },
		{ "\x1bOC", KEY_RIGHT },
		{ "\x06", KEY_RIGHT },
		{ "\x1b[D", KEY_LEFT },
		{ "\x1bOD", KEY_LEFT },
		{ "\x02", KEY_LEFT },
		{ "\x1b[H", KEY_HOME },
		{ "\x1bOH", KEY_HOME },
		{ "\x01", KEY_HOME },
		{ "\x1b[1~", KEY_HOME },
		{ "\x1b[7~", KEY_HOME },
		{ "\x1b[F", KEY_END },
		{ "\x1bOF", KEY_END },
		{ "\x1b[4~", KEY_END },
		{ "\x1b[8~", KEY_END },
		{ "\x05", KEY_END },
		{ "\x1b[3~", KEY_DELETE },
		{ "\x04", KEY_DELETE },
		{ "\x7f", KEY_BACKSPACE },
		{ "\x08", KEY_BACKSPACE },
		{ "\x09", KEY_TAB },
		{ "\x0b", KEY_KILL_END },
		{ "\x15", KEY_KILL_START },
		{ "\x17", KEY_KILL_WORD },
		{ "\x0c", KEY_REDRAW },
		{ "\r", KEY_ENTER },
		{ "\n", KEY_ENTER },
		{ "\x1b[1;5C", KEY_WORD_RIGHT },
		{ "\x1b"
		  "f",
		  KEY_WORD_RIGHT },
		{ "\x1b[1;5D", KEY_WORD_LEFT },
		{ "\x1b"
		  "b",
		  KEY_WORD_LEFT },
		{ "q", KEY_TEXT },
		{ "\x1b[1;3D", KEY_WORD_LEFT },
		{ "\x1b\x7f", KEY_KILL_WORD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct key_decoder d = { 0 };

		assert_int_equal(last_key(&d, keys[i].bytes), keys[i].key);
		assert_int_equal(key_decode(&d, 'x'), KEY_TEXT);
	}
}

static void other_sequences_vanish_whole(void **state)
{
	static const char *const unknown[] = {
		"\x1b[15~",  "\x1b[200~", "\x1b[201~",       "\x1b[[A",           "\x1bz",
		"\x1b[?25h", "\x1bOP",    "\x1b[1;2;3;4;5R", "\x1b[99999999999~", "\xc3\xa9",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		struct key_decoder d = { 0 };

		assert_int_equal(last_key(&d, unknown[i]), KEY_NONE);
		assert_int_equal(key_decode(&d, 'x'), KEY_TEXT);
	}
}

static void a_torn_sequence_does_not_eat_enter(void **state)
{
	static const char *const torn[] = { "\x1b\r", "\x1b[\r", "\x1b[1;\r", "\x1bO\r",
					    "\x1b[[\r" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(torn); i++) {
		struct key_decoder d = { 0 };

		assert_int_equal(last_key(&d, torn[i]), KEY_ENTER);
	}
	assert_int_equal(last_key(&(struct key_decoder){ 0 }, "\x1b\x1b[A"), KEY_UP);
}

static void all_line_ends_are_one_enter(void **state)
{
	static const struct {
		const char *bytes;
		u32 enters;
	} ends[] = { { "a\rb\r", 2 }, { "a\nb\n", 2 }, { "a\r\nb\r\n", 2 },
		     { "\r\r", 2 },   { "\n\n", 2 },   { "\n\r\n", 2 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct key_decoder d = { 0 };
		u32 enters = 0;

		for (const char *at = ends[i].bytes; *at; at++)
			enters += key_decode(&d, (u8)*at) == KEY_ENTER;
		assert_int_equal(enters, ends[i].enters);
	}
}

// Types into a line; keys by their bytes.
static void type(struct line *l, const char *bytes)
{
	struct key_decoder d = { 0 };

	for (; *bytes; bytes++)
		line_key(l, key_decode(&d, (u8)*bytes), *bytes);
}

static void editing_keys_do_what_they_say(void **state)
{
	static const struct {
		const char *typed, *text;
		u32 cursor;
	} edits[] = {
		{ "abc", "abc", 3 },
		{ "ac\x1b[D"
		  "b",
		  "abc", 2 },
		{ "bc\x01"
		  "a",
		  "abc", 1 },
		{ "bc\x01"
		  "a\x05"
		  "d",
		  "abcd", 4 },
		{ "abc\x7f", "ab", 2 },
		{ "abc\x01\x7f", "abc", 0 },
		{ "abc\x01\x04", "bc", 0 },
		{ "abc\x04", "abc", 3 },
		{ "abc\x02\x0b", "ab", 2 },
		{ "abc\x02\x15", "c", 0 },
		{ "one two  \x17", "one ", 4 },
		{ "one two\x17\x17\x17", "", 0 },
		{ "one two\x1b"
		  "b"
		  "X",
		  "one Xtwo", 5 },
		{ "one two\x01\x1b"
		  "f"
		  "X",
		  "oneX two", 4 },
		{ "\x02\x06\x01\x05\x0b\x15\x17\x04\x08", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		struct line l = { 0 };

		type(&l, edits[i].typed);
		assert_string_equal(l.text, edits[i].text);
		assert_int_equal(l.length, strlen(edits[i].text));
		assert_int_equal(l.cursor, edits[i].cursor);
	}
}

static void a_full_line_takes_no_more(void **state)
{
	struct line l = { 0 };

	(void)state;
	for (int i = 0; i < 3 * LINE_SIZE; i++)
		line_key(&l, KEY_TEXT, 'x');
	assert_int_equal(l.length, LINE_SIZE - 1);
	assert_int_equal(l.text[LINE_SIZE - 1], 0);
	assert_int_equal(line_key(&l, KEY_TEXT, 'y'), LINE_SAME);
}

// Against a model that is too simple to be wrong: a line as an array of characters.
static void random_editing_agrees_with_a_model(void **state)
{
	struct line l = { 0 };
	char model[LINE_SIZE] = "";
	size_t cursor = 0;

	(void)state;
	srand(7);
	for (int i = 0; i < 200000; i++) {
		size_t length = strlen(model);
		enum key key = (enum key[]){ KEY_TEXT, KEY_LEFT, KEY_RIGHT, KEY_BACKSPACE,
					     KEY_DELETE }[rand() % 5];
		char c = (char)('a' + rand() % 26);

		line_key(&l, key, c);
		if (key == KEY_TEXT && length < LINE_SIZE - 1) {
			memmove(model + cursor + 1, model + cursor, length - cursor + 1);
			model[cursor++] = c;
		} else if (key == KEY_LEFT && cursor) {
			cursor--;
		} else if (key == KEY_RIGHT && cursor < length) {
			cursor++;
		} else if (key == KEY_BACKSPACE && cursor) {
			memmove(model + cursor - 1, model + cursor, length - cursor + 1);
			cursor--;
		} else if (key == KEY_DELETE && cursor < length) {
			memmove(model + cursor, model + cursor + 1, length - cursor);
		}
		assert_string_equal(l.text, model);
		assert_int_equal(l.cursor, cursor);
	}
}

static void history_goes_back_and_forth(void **state)
{
	static struct history h;
	struct line l = { 0 };

	(void)state;
	memset(&h, 0, sizeof(h));
	line_set(&l, "draft");
	assert_false(history_older(&h, &l));
	assert_false(history_newer(&h, &l));
	history_add(&h, "one");
	history_add(&h, "two");
	history_add(&h, "two");
	history_add(&h, "");
	assert_true(history_older(&h, &l));
	assert_string_equal(l.text, "two");
	assert_true(history_older(&h, &l));
	assert_string_equal(l.text, "one");
	assert_false(history_older(&h, &l));
	assert_string_equal(l.text, "one");
	assert_true(history_newer(&h, &l));
	assert_true(history_newer(&h, &l));
	assert_string_equal(l.text, "draft");
	assert_int_equal(l.cursor, 5);
	assert_false(history_newer(&h, &l));
}

static void history_keeps_the_last_sixteen(void **state)
{
	static struct history h;
	struct line l = { 0 };
	char text[32];

	(void)state;
	memset(&h, 0, sizeof(h));
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "line %d", i);
		history_add(&h, text);
	}
	for (int i = 99; i > 99 - HISTORY_LINES; i--) {
		snprintf(text, sizeof(text), "line %d", i);
		assert_true(history_older(&h, &l));
		assert_string_equal(l.text, text);
	}
	assert_true(HISTORY_LINES >= 16);
	assert_false(history_older(&h, &l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_terminal_s_keys_are_known),
		cmocka_unit_test(other_sequences_vanish_whole),
		cmocka_unit_test(a_torn_sequence_does_not_eat_enter),
		cmocka_unit_test(all_line_ends_are_one_enter),
		cmocka_unit_test(editing_keys_do_what_they_say),
		cmocka_unit_test(a_full_line_takes_no_more),
		cmocka_unit_test(random_editing_agrees_with_a_model),
		cmocka_unit_test(history_goes_back_and_forth),
		cmocka_unit_test(history_keeps_the_last_sixteen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
