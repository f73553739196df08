// SPDX-License-Identifier: MIT
// The functions of the commands. Each returns an enum status.
#ifndef TESSERACTL_RUN_H
#define TESSERACTL_RUN_H

#include "tools/commands.h"
#include "tools/options.h"

// `fd` is the device, or -1 for a command that does not need it.
#define RUN_DECLARATION(name, needs, words, arguments, help, text, example) \
	int run_##name(int fd, const struct options *o);
COMMANDS(RUN_DECLARATION)

// main() without the process around it, so that tests can call it.
int tesseractl_main(int argc, char **argv);

#endif
