// SPDX-License-Identifier: MIT
// From the command line to the command.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/tessera.h"
#include "tools/kernel_symbols.h"
#include "tools/run.h"
#include "tools/say.h"

#define RUN_ROW(name, needs, words, arguments, help, text, example) run_##name,
static int (*const runs[COMMAND_COUNT])(int fd, const struct options *o) = { COMMANDS(RUN_ROW) };

static int no_device(void)
{
	int err = errno;

	say("cannot open %s: %s", TESSERA_DEVICE, strerror(err));
	if (err == EACCES || err == EPERM)
		say("run tesseractl as root");
	else
		say("load the driver with `modprobe tessera`; if that fails, the kernel log says "
		    "why, for example because Tessera does not run under this kernel");
	return NO_DEVICE;
}

static int run_with_device(enum command command, const struct options *o)
{
	int fd = tessera_open(), status;

	if (fd < 0)
		return no_device();
	status = runs[command](fd, o);
	tessera_close(fd);
	return status;
}

int tesseractl(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	enum command command = command_find(strcmp(name, "--help") == 0 ? "help" : name);
	struct options o;
	int status;

	if (command == COMMAND_COUNT) {
		if (*name)
			say("`%s` is not a command: `tesseractl help` lists all commands", name);
		else
			say("no command is given: `tesseractl help` lists all commands");
		return USAGE;
	}
	if (!options_read(&o, command, argc - 2, argv + 2))
		return USAGE;
	status = command_rows[command].needs == NEEDS_DEVICE ? run_with_device(command, &o)
							     : runs[command](-1, &o);
	kernel_symbols_free();
	return flushed(status);
}
