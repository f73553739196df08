// SPDX-License-Identifier: MIT
#include "boot/config/command.h"
#include "hv/lib/string.h"

#define LINE_SIZE      256
#define PROGRAM_ENDING ".efi"
#define QUOTE          '"'

// Converts UTF-16 to ASCII. Other characters become one that no command contains.
static struct slice narrow_options(const u8 *options, size_t size, char *line)
{
	size_t n = 0;

	for (; n < LINE_SIZE && 2 * n + 1 < size; n++) {
		bool plain = !options[2 * n + 1] && options[2 * n] < 0x80;

		line[n] = plain ? (char)options[2 * n] : '?';
		if (!line[n])
			break;
	}
	return (struct slice){ line, n };
}

static bool is_program(struct slice word)
{
	size_t n = strlen(PROGRAM_ENDING);

	if (word.size < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((word.at[word.size - n + i] | 0x20) != (PROGRAM_ENDING[i] | 0x20))
			return false;
	return true;
}

static enum command_kind find_command(struct slice word)
{
#define COMMAND_NAME(name, arguments, help) #name,
	static const char *const names[] = { COMMANDS(COMMAND_NAME) };
	u32 kind = 0;

	while (kind < COMMAND_COUNT && !slice_equal(word, slice_of(names[kind])))
		kind++;
	return kind;
}

static bool has_equals(struct slice word)
{
	slice_cut(&word, '=');
	return word.at;
}

// Skips the name of the program at the start of *rest, as the shell passes it: a path in quotes, or
// one that may hold blanks without them. Words with = are kernel options, not a path.
static bool skip_program(struct slice *rest)
{
	struct slice words = slice_trim(*rest), word;
	bool found = false;

	if (words.size && words.at[0] == QUOTE) {
		slice_cut(&words, QUOTE);
		found = is_program(slice_cut(&words, QUOTE));
	} else {
		do {
			word = slice_word(&words);
			found = is_program(word) && !has_equals(word);
		} while (word.size && !found && !has_equals(word));
	}
	if (found)
		*rest = words;
	return found;
}

struct command command_parse(const u8 *options, size_t size)
{
	char line[LINE_SIZE];
	struct slice rest = narrow_options(options, size, line), words = rest;
	bool typed = find_command(slice_word(&words)) == COMMAND_COUNT && skip_program(&rest);
	struct slice word = slice_word(&rest);
	struct command command = { .kind = COMMAND_boot };

	if (!word.size)
		return command;
	command.kind = find_command(word);
	if (command.kind == COMMAND_COUNT)
		command.kind = typed ? COMMAND_help : COMMAND_boot;
	slice_copy(command.argument, sizeof(command.argument), slice_word(&rest));
	return command;
}
