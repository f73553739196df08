// SPDX-License-Identifier: MIT
// Looks up commands by name, the command that was probably meant, and words of a list.
#include "hv/console/shell/shell.h"
#include "hv/lib/string.h"

// With more typing errors than this it is a different word.
#define DISTANCE_MAX 2

const struct command *shell_command(const char *name)
{
	for (u32 i = 0; i < command_count; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

// Letters to insert, delete or exchange to make one word of the other: one row of the usual table
// at a time. Both are at most COMMAND_NAME_MAX long.
static u32 edit_distance(const char *a, const char *b)
{
	u32 row[COMMAND_NAME_MAX + 1];
	u32 length = (u32)strlen(b);

	for (u32 j = 0; j <= length; j++)
		row[j] = j;
	for (u32 i = 1; *a; i++, a++) {
		u32 diagonal = row[0];

		row[0] = i;
		for (u32 j = 1; j <= length; j++) {
			u32 exchange = diagonal + (*a != b[j - 1]);

			diagonal = row[j];
			row[j] = MIN(exchange, MIN(row[j], row[j - 1]) + 1);
		}
	}
	return row[length];
}

const struct command *shell_nearest(const char *name)
{
	const struct command *best = NULL;
	u32 best_distance = DISTANCE_MAX + 1;
	u32 length = (u32)strlen(name);

	if (length > COMMAND_NAME_MAX)
		return NULL;
	for (u32 i = 0; i < command_count; i++) {
		u32 d = edit_distance(name, commands[i].name);

		// The start of a name counts as one wrong letter; a word that shares no letter with
		// a short name does not count as near.
		if (length > 1 && strncmp(name, commands[i].name, length) == 0)
			d = MIN(d, 1);
		if (d < best_distance && d < length) {
			best = &commands[i];
			best_distance = d;
		}
	}
	return best;
}

bool shell_word(const char *list, u32 index, char *text, u32 size)
{
	u32 length = 0;

	while (index && *list)
		index -= *list++ == ' ';
	while (list[length] && list[length] != ' ')
		length++;
	if (!length || length >= size)
		return false;
	memcpy(text, list, length);
	text[length] = 0;
	return true;
}

s32 shell_word_index(const char *list, const char *word)
{
	char text[COMMAND_NAME_MAX];

	for (u32 i = 0; shell_word(list, i, text, sizeof(text)); i++)
		if (strcmp(text, word) == 0)
			return (s32)i;
	return -1;
}
