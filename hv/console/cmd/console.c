// SPDX-License-Identifier: MIT
// Commands about the console itself: help, version, more, log.
#include "hv/console/commands.h"
#include "hv/console/shell/state.h"
#include "hv/lib/format.h"
#include "hv/lib/string.h"

// Sentences are wrapped before this column.
#define TEXT_COLUMNS 76

static void print_wrapped(struct shell *s, const char *text)
{
	u32 column = 0;

	while (*text) {
		char word[TEXT_COLUMNS];
		u32 length = 0;

		while (text[length] && text[length] != ' ' && length < sizeof(word) - 1)
			length++;
		memcpy(word, text, length);
		word[length] = 0;
		if (column && column + 1 + length > TEXT_COLUMNS) {
			shell_print(s, "\n");
			column = 0;
		}
		shell_print(s, "%s%s", column ? " " : "", word);
		column += length + (column > 0);
		for (text += length; *text == ' '; text++)
			;
	}
	shell_print(s, "\n");
}

static void help_one(struct shell *s, const char *name)
{
	const struct command *c = shell_command(name);

	if (!c) {
		c = shell_nearest(name);
		shell_print(s, "no command `%s`", name);
		shell_print(s, c ? ": did you mean `%s`?\n" : "\n", c ? c->name : "");
		return;
	}
	shell_print(s, "usage: %s%s%s\n", c->name, c->args[0] ? " " : "", c->args);
	shell_print(s, "   as: %s\n", c->example);
	print_wrapped(s, c->about);
	if (c->changes)
		shell_print(s, "Refused once the policy is locked down.\n");
}

void command_help(struct shell *s, u32 argc, const char **argv)
{
	u32 rows = (command_count + 1) / 2;

	if (argc) {
		help_one(s, argv[0]);
		return;
	}
	for (u32 i = 0; i < rows; i++) {
		const struct command *left = &commands[i];

		if (i + rows < command_count)
			shell_print(s, "%-12s %-26s %-12s %s\n", left->name, left->help,
				    left[rows].name, left[rows].help);
		else
			shell_print(s, "%-12s %s\n", left->name, left->help);
	}
	shell_print(s, "`help CMD` tells more; Tab completes; `CMD | match TEXT` filters.\n");
}

bool complete_help(u32 arg, u32 index, char *text, u32 size)
{
	if (arg || index >= command_count)
		return false;
	format(text, size, "%s", commands[index].name);
	return true;
}

void command_version(struct shell *s, u32 argc, const char **argv)
{
	(void)argc;
	(void)argv;
	shell_print(s, "Tessera %s, hypercall ABI %d\n", TESSERA_VERSION, TESSERA_ABI_VERSION);
	shell_print(s, "engine: %s\n",
		    console_vm()->policy.hardware ? "hardware (SPP)" : "software (single steps)");
}

const char on_off[] = "off on";

void command_more(struct shell *s, u32 argc, const char **argv)
{
	s32 on = argc ? shell_word_index(on_off, argv[0]) : -1;

	if (on >= 0)
		s->output.paging = on;
	else if (argc)
		shell_usage(s);
	else
		shell_print(s, "more is %s\n", s->output.paging ? "on" : "off");
}

bool complete_more(u32 arg, u32 index, char *text, u32 size)
{
	return arg == 0 && shell_word(on_off, index, text, size);
}

#define PREVIOUS                       "previous"

#define LEVEL_WORD(name, letter, text) text " "
const char log_levels[] = LOG_LEVELS(LEVEL_WORD);

static void set_level(struct shell *s, const char *level)
{
	s32 i = shell_word_index(log_levels, level);

	if (i >= 0) {
		log_set_level((enum log_level)i);
		return;
	}
	shell_print(s, "`%s` is not a level: use error, warn, info or debug\n", level);
	shell_usage(s);
}

// Ends before the lines that the console has not shown yet by itself. Otherwise `log` could run
// forever while other CPUs keep writing.
void command_log(struct shell *s, u32 argc, const char **argv)
{
	char text[LOG_SHOWN_SIZE];
	struct tessera_log_line line;
	u64 next = shell_position(s);
	bool previous = argc && strcmp(argv[0], PREVIOUS) == 0;

	if (argc && !previous) {
		set_level(s, argv[0]);
		return;
	}
	if (previous && !next && !log_previous(next, &line))
		shell_print(s, "no earlier log was kept: the machine was off, or its memory was "
			       "cleared\n");
	while (previous ? log_previous(next, &line)
			: log_read(next, &line) && line.sequence < s->next_log) {
		if (!shell_room(s)) {
			shell_again(s, next);
			return;
		}
		shell_format_log(s, &line, text, sizeof(text));
		shell_print(s, "%s\n", text);
		next = line.sequence + 1;
	}
}

bool complete_log(u32 arg, u32 index, char *text, u32 size)
{
	if (arg || index < LOG_LEVEL_COUNT)
		return arg == 0 && shell_word(log_levels, index, text, size);
	return shell_word(PREVIOUS, index - LOG_LEVEL_COUNT, text, size);
}
