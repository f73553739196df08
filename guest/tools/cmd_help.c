// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "tools/run.h"
#include "tools/messages.h"
#include "tools/wrap.h"

static void list_commands(void)
{
	printf("usage: tesseractl COMMAND [WORD] [OPTION ...]\n\n");
	for (unsigned int c = 0; c < COMMAND_COUNT; c++)
		printf("  %-10s %s\n", command_rows[c].name, command_rows[c].help);
	printf("\n`tesseractl help COMMAND` describes a command, `man tesseractl` everything.\n");
}

static void list_options(const struct command_row *row)
{
	for (unsigned int o = 0; o < OPTION_COUNT; o++) {
		const struct option_row *option = &option_rows[o];

		if (!command_takes(row, o))
			continue;
		printf("  --%s%s%s\n", option->name, option->value ? " " : "",
		       option->value ? option->value : "");
		print_wrapped(8, option->help);
	}
}

static void describe_command(const struct command_row *row)
{
	printf("tesseractl %s\n", row->name);
	print_wrapped(4, row->arguments);
	printf("\n");
	print_wrapped(2, row->help);
	if (*row->text)
		print_wrapped(2, row->text);
	printf("\n");
	list_options(row);
	printf("  example: %s\n", row->example);
}

int run_help(int fd, const struct options *o)
{
	enum command command = o->word ? command_find(o->word) : COMMAND_COUNT;
	const struct command_row *row = &command_rows[command];

	(void)fd;
	if (!o->word) {
		list_commands();
		return DONE;
	}
	if (command == COMMAND_COUNT) {
		report_error("`%s` is not a command: `tesseractl help` lists all commands",
			     o->word);
		return USAGE;
	}
	describe_command(row);
	return DONE;
}
