// SPDX-License-Identifier: MIT
// Reads the words that follow a command, by the tables in commands.h.
#ifndef TESSERACTL_OPTIONS_H
#define TESSERACTL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/commands.h"

#define WHY_SIZE 1024 // of a text that says why something is impossible

// What is said behind a word that should be an action.
#define ACTION_ERROR "is not an action: use " ACTION_NAMES

struct value {
	bool given;
	const char *text; // as it was written; NULL for a flag
	uint64_t number;  // of KIND_NUMBER and KIND_SECONDS; of KIND_ACTION: enum tessera_action
};

struct options {
	struct value of[OPTION_COUNT];
	const char *word; // the word that is not an option, or NULL
	bool help;        // --help or -h is among the words
};

// Reads what follows a command. False, with a message on stderr, if the command does not take it.
bool options_read(struct options *o, enum command command, int argc, char **argv);

// Sets one option. `name` is how a message calls it; `text` is its value, NULL without one. On
// false `why` says what is wrong.
bool option_set(struct options *o, enum option option, const char *name, const char *text,
		char why[WHY_SIZE]);

// The option with this name, given without dashes, or OPTION_COUNT.
enum option option_find(const char *name);

// Reads the word as the number of a guard.
bool guard_number(const struct options *o, uint32_t *number);

#endif
