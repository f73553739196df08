// SPDX-License-Identifier: MIT
// The functions behind the commands. Each returns an enum status.
#ifndef TESSERACTL_RUN_H
#define TESSERACTL_RUN_H

#include "tools/commands.h"
#include "tools/options.h"

// `fd` is the device, or -1 for those that need none.
#define RUN_DECLARATION(name, needs, words, arguments, help, text, example) \
	int run_##name(int fd, const struct options *o);
COMMANDS(RUN_DECLARATION)

// The whole program.
int tesseractl_main(int argc, char **argv);

#endif
