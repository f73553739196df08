// SPDX-License-Identifier: MIT
#include "tools/commands.h"

#include <ctype.h>
#include <string.h>

#define OPTION_ROW(name, kind, value, words, help) { #name, KIND_##kind, value, words, help },
const struct option_row option_rows[OPTION_COUNT] = { OPTIONS(OPTION_ROW) };

#define COMMAND_ROW(name, needs, words, arguments, help, text, example) \
	{ #name, NEEDS_##needs, words, arguments, help, text, example },
const struct command_row command_rows[COMMAND_COUNT] = { COMMANDS(COMMAND_ROW) };

enum command command_find(const char *name)
{
	unsigned int c = 0;

	while (c < COMMAND_COUNT && strcmp(command_rows[c].name, name) != 0)
		c++;
	return c;
}

// The option whose "--name" begins at `at`, or OPTION_COUNT.
static enum option option_at(const char *at)
{
	size_t length = 0;
	unsigned int o = 0;

	if (strncmp(at, "--", 2) != 0)
		return OPTION_COUNT;
	while (islower((unsigned char)at[2 + length]))
		length++;
	while (o < OPTION_COUNT && (strlen(option_rows[o].name) != length ||
				    strncmp(option_rows[o].name, at + 2, length) != 0))
		o++;
	return o;
}

bool command_takes(const struct command_row *command, enum option option)
{
	for (const char *at = strstr(command->arguments, "--"); at; at = strstr(at + 2, "--"))
		if (option_at(at) == option)
			return true;
	return false;
}

int command_words(const struct command_row *command)
{
	enum option before = OPTION_COUNT;
	int words = 0;

	for (const char *at = command->arguments; *at; at += strcspn(at, " ")) {
		at += strspn(at, " [|],");
		if (isupper((unsigned char)*at) &&
		    (before == OPTION_COUNT || option_rows[before].kind == KIND_FLAG))
			words++;
		before = option_at(at);
	}
	return words;
}
