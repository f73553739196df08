// SPDX-License-Identifier: MIT
// The words after a command, read by the tables in commands.h.
#ifndef TESSERACTL_OPTIONS_H
#define TESSERACTL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/commands.h"

struct value {
	bool given;
	const char *text; // as it was written; NULL for a flag
	uint64_t number;  // for KIND_NUMBER
};

struct options {
	struct value of[OPTION_COUNT];
	const char *word; // what is no option; NULL = not given
};

// Reads what follows a command. False, with a message on stderr, for what it does not take.
bool options_read(struct options *o, enum command command, int argc, char **argv);

// Reads the value of one option. On false *why says what is wrong with it.
bool option_set(struct options *o, enum option option, const char *text, const char **why);

// The option with this name, without its dashes. OPTION_COUNT: none.
enum option option_find(const char *name);

// The word as the number of a guard.
bool guard_number(const struct options *o, uint32_t *number);

// A number, decimal or 0x..., with K, M or G behind it if you like.
bool number_read(const char *text, uint64_t *value);

#endif
