// SPDX-License-Identifier: MIT
#include "boot/config/command.h"
#include "hv/lib/string.h"

#define LINE_SIZE      256
#define PROGRAM_ENDING ".efi"

// UTF-16 to ASCII. What is not ASCII becomes a character that no command has.
static struct slice narrow(const u8 *options, size_t size, char *line)
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

static enum command_kind find(struct slice word)
{
#define COMMAND_NAME(name, arguments, help) #name,
	static const char *const names[] = { COMMANDS(COMMAND_NAME) };
	u32 kind = 0;

	while (kind < COMMAND_COUNT && !slice_equal(word, slice_of(names[kind])))
		kind++;
	return kind;
}

struct command command_parse(const u8 *options, size_t size)
{
	char line[LINE_SIZE];
	struct slice rest = narrow(options, size, line);
	struct slice word = slice_word(&rest);
	bool typed = is_program(word);
	struct command command = { .kind = COMMAND_boot };

	if (typed)
		word = slice_word(&rest);
	if (!word.size)
		return command;
	command.kind = find(word);
	if (command.kind == COMMAND_COUNT)
		command.kind = typed ? COMMAND_help : COMMAND_boot;
	slice_copy(command.argument, sizeof(command.argument), slice_word(&rest));
	return command;
}
