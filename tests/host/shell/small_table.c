// SPDX-License-Identifier: MIT
// A command table for the tests of the shell itself.
#include "tests/host/shell/small_table.h"

#include <stdio.h>

u32 runs, last_argc, lines_printed;
char last_argv[COMMAND_ARGS_MAX][64];
bool table_locked;

bool commands_locked(void)
{
	return table_locked;
}

static void run_echo(struct shell *s, u32 argc, const char **argv)
{
	runs++;
	last_argc = argc;
	for (u32 i = 0; i < argc; i++) {
		snprintf(last_argv[i], sizeof(last_argv[i]), "%s", argv[i]);
		shell_print(s, "<%s>", argv[i]);
	}
	shell_print(s, "\n");
}

// As many numbered lines as asked for, as one that can go on does it.
static void run_count(struct shell *s, u32 argc, const char **argv)
{
	u64 end = 0;
	u64 i = shell_position(s);

	(void)argc;
	if (!shell_read_number(s, argv[0], &end))
		return;
	for (; i < end && shell_room(s); i++, lines_printed++)
		shell_print(s, "line %lu of %lu\n", i + 1, end);
	if (i < end)
		shell_again(s, i);
}

// The same by one that does not care for room.
static void run_flood(struct shell *s, u32 argc, const char **argv)
{
	(void)argc;
	(void)argv;
	for (u32 i = 0; i < 1000; i++)
		shell_print(s, "flood %u\n", i);
}

static void run_wide(struct shell *s, u32 argc, const char **argv)
{
	(void)argc;
	(void)argv;
	for (u32 i = 0; i < 30; i++)
		shell_print(s, "%3u %0100d\n", i, 0);
}

static bool complete_echo(u32 arg, u32 index, char *text, u32 size)
{
	static const char *const by_argument[] = { "red green greenish", "x" };

	return arg < ARRAY_SIZE(by_argument) && shell_word(by_argument[arg], index, text, size);
}

const struct command commands[] = {
	{ "echo", "[WORD...]", "says words", "Says words.", "echo a b", 0, 8, false, run_echo,
	  complete_echo },
	{ "count", "N", "prints lines", "Prints lines.", "count 3", 1, 1, false, run_count, NULL },
	{ "flood", "", "prints too much", "Prints.", "flood", 0, 0, false, run_flood, NULL },
	{ "wide", "", "prints long lines", "Prints.", "wide", 0, 0, false, run_wide, NULL },
	{ "change", "", "changes", "Changes.", "change", 0, 0, true, run_echo, NULL },
};

const u32 command_count = ARRAY_SIZE(commands);
