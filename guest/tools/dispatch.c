// SPDX-License-Identifier: MIT
// From the command line to the function of a command.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/tessera.h"
#include "tools/kernel_symbols.h"
#include "tools/rule_names.h"
#include "tools/run.h"
#include "tools/messages.h"
#include "tools/target.h"

#define RUN_ROW(name, needs, words, arguments, help, text, example) run_##name,
static int (*const runs[COMMAND_COUNT])(int fd, const struct options *o) = { COMMANDS(RUN_ROW) };

// Other ways to write a command.
static const struct {
	const char *word;
	enum command command;
} aliases[] = {
	{ "--help", COMMAND_help },
	{ "-h", COMMAND_help },
	{ "--version", COMMAND_version },
	{ "-V", COMMAND_version },
};

static const char *guard_error(const struct options *o)
{
	uint32_t number;

	return guard_number(o, &number) ? NULL
					: "give the number of a guard: see `tesseractl list`";
}

static const char *seal_error(const struct options *o)
{
	return !!o->word != o->of[OPTION_all].given
		       ? NULL
		       : "give either the name of a rule or --all: see `tesseractl rules`";
}

static const char *heat_error(const struct options *o)
{
	const char *error = target_error(o);

	return error || o->of[OPTION_out].given ? error
						: "give the file for the picture with --out";
}

// What commands demand of their words, beyond what the tables say. All of it is checked before the
// device is opened, so that a wrong word is reported as such without a driver too. NULL, or what is
// wrong.
static const char *(*const word_checks[COMMAND_COUNT])(const struct options *o) = {
	[COMMAND_show] = guard_error,      [COMMAND_protect] = target_error,
	[COMMAND_unprotect] = guard_error, [COMMAND_heat] = heat_error,
	[COMMAND_seal] = seal_error,
};

static enum command find_command(const char *word)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(aliases[i].word, word) == 0)
			return aliases[i].command;
	return command_find(word);
}

static bool words_are_right(enum command command, const struct options *o)
{
	const char *error = word_checks[command] ? word_checks[command](o) : NULL;

	if (error)
		report_error("%s: %s", command_rows[command].name, error);
	return !error;
}

static int report_no_device(void)
{
	int err = errno;

	report_error("cannot open %s: %s", TESSERA_DEVICE, strerror(err));
	if (err == EACCES || err == EPERM)
		report_error("run tesseractl as root");
	else
		report_error("load the driver with `modprobe tessera`; if that fails, the kernel "
			     "log says "
			     "why, for example because Tessera does not run under this kernel");
	return NO_DEVICE;
}

static int run_with_device(enum command command, const struct options *o)
{
	int fd = tessera_open(), status;

	if (fd < 0)
		return report_no_device();
	status = runs[command](fd, o);
	tessera_close(fd);
	return status;
}

static int run_command(enum command command, const struct options *o)
{
	const struct options about = { .word = command_rows[command].name };

	if (o->help)
		return run_help(-1, &about);
	if (!words_are_right(command, o))
		return USAGE;
	return command_rows[command].needs == NEEDS_DEVICE ? run_with_device(command, o)
							   : runs[command](-1, o);
}

int tesseractl_main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	enum command command = find_command(word);
	struct options o;
	int status;

	if (command == COMMAND_COUNT) {
		if (*word)
			report_error("`%s` is not a command: `tesseractl help` lists all commands",
				     word);
		else
			report_error("no command is given: `tesseractl help` lists all commands");
		return USAGE;
	}
	if (!options_read(&o, command, argc - 2, argv + 2))
		return USAGE;
	status = run_command(command, &o);
	kernel_symbols_free();
	rule_names_free();
	return flush_output(status);
}
