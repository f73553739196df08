// SPDX-License-Identifier: MIT
// Splits a line into words, "quoted words", and the text after `| match`.
#include "hv/console/shell/state.h"
#include "hv/lib/string.h"

static char *skip_spaces(char *at)
{
	while (*at == ' ')
		at++;
	return at;
}

// Ends the word at *at with a zero and moves *at after it. Returns the word, or NULL if a quote
// is not closed.
static char *take_word(char **at)
{
	char end = **at == '"' ? '"' : ' ';
	char *word = *at + (end == '"');
	char *behind = word;

	while (*behind && *behind != end && (end == '"' || *behind != '|'))
		behind++;
	if (end == '"' && !*behind)
		return NULL;
	if (*behind == '|') {
		// No space before the pipe: make room for the zero by moving the rest.
		memmove(behind + 1, behind, strlen(behind) + 1);
	}
	*at = *behind ? behind + 1 : behind;
	*behind = 0;
	return word;
}

// After the '|': the word match, and the text it looks for up to the end of the line.
static const char *take_filter(struct call *call, char *at)
{
	static const char match[] = "match ";
	u32 length;

	at = skip_spaces(at);
	if (strncmp(at, match, sizeof(match) - 1) != 0)
		return "only `| match TEXT` can follow a command";
	at = skip_spaces(at + sizeof(match) - 1);
	for (length = (u32)strlen(at); length && at[length - 1] == ' '; length--)
		at[length - 1] = 0;
	if (!length)
		return "match needs a text to look for";
	call->match = at;
	return NULL;
}

const char *shell_split(struct call *call, const char *line)
{
	char *at = call->text;
	u32 words = 0;

	memset(call, 0, sizeof(*call));
	memcpy(at, line, strlen(line));
	for (at = skip_spaces(at); *at; at = skip_spaces(at)) {
		const char *word;

		if (*at == '|') {
			const char *wrong = take_filter(call, at + 1);

			if (wrong)
				return wrong;
			break;
		}
		word = take_word(&at);
		if (!word)
			return "a quote is not closed";
		if (words > COMMAND_ARGS_MAX)
			return "too many words";
		if (words == 0)
			call->name = word;
		else
			call->argv[words - 1] = word;
		words++;
	}
	call->argc = words ? words - 1 : 0;
	call->command = words ? shell_command(call->name) : NULL;
	if (!words && call->match)
		return "a command must stand before `|`";
	return NULL;
}
