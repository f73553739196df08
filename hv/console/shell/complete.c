// SPDX-License-Identifier: MIT
// Tab: completes command names, and arguments through the command's own hook.
#include "hv/console/shell/state.h"
#include "hv/lib/format.h"
#include "hv/lib/string.h"

#define CANDIDATES_MAX 512 // tried at one Tab
#define COLUMN_WIDTH   20

// What the word at the cursor can be.
struct source {
	const struct command *command; // NULL: the word is a command's name
	bool filter;                   // the word follows a '|'
	u32 argument;
};

struct matches {
	u32 count;
	char common[LINE_SIZE]; // what all of them start with
};

static bool get_candidate(const struct source *from, u32 index, char *text, u32 size)
{
	if (from->filter)
		return shell_word("match", index, text, size);
	if (from->command)
		return from->command->complete &&
		       from->command->complete(from->argument, index, text, size);
	if (index >= command_count)
		return false;
	format(text, size, "%s", commands[index].name);
	return true;
}

// Finds what can be completed from the words before it. False if nothing can.
static bool find_source(const struct line *l, u32 word, struct source *from)
{
	struct call call;
	char before[LINE_SIZE];

	memcpy(before, l->text, word);
	before[word] = 0;
	*from = (struct source){ 0 };
	for (u32 i = word; i && !from->filter; i--) {
		from->filter = before[i - 1] == '|';
		if (before[i - 1] != ' ' && !from->filter)
			break;
	}
	if (from->filter)
		return true;
	if (shell_split(&call, before) || call.match)
		return false;
	from->command = call.command;
	from->argument = call.argc;
	return call.command || !call.name;
}

// A name with a space would read as two words, and an empty name cannot be offered.
static bool candidate_fits(const char *text, const char *start, u32 length)
{
	if (!*text || strncmp(text, start, length) != 0)
		return false;
	while (*text && *text != ' ')
		text++;
	return !*text;
}

static void narrow_matches(struct matches *m, const char *text)
{
	u32 i = 0;

	if (m->count++ == 0) {
		format(m->common, sizeof(m->common), "%s", text);
		return;
	}
	while (m->common[i] && m->common[i] == text[i])
		i++;
	m->common[i] = 0;
}

static void find_matches(const struct source *from, const char *word, u32 length, struct matches *m)
{
	char text[LINE_SIZE];

	m->count = 0;
	m->common[0] = 0;
	for (u32 i = 0; i < CANDIDATES_MAX && get_candidate(from, i, text, sizeof(text)); i++)
		if (candidate_fits(text, word, length))
			narrow_matches(m, text);
}

static void list_candidates(struct shell *s, const struct source *from, const char *word,
			    u32 length)
{
	struct output *o = &s->output;
	char text[LINE_SIZE];
	char column[COLUMN_WIDTH + LINE_SIZE];
	u32 shown = 0;

	output_raw(o, "\r\n", 2);
	for (u32 i = 0; i < CANDIDATES_MAX && get_candidate(from, i, text, sizeof(text)); i++) {
		if (!candidate_fits(text, word, length))
			continue;
		if (ring_room(&o->ring) < DRAW_ROOM + sizeof(column)) {
			output_raw(o, "...", 3);
			break;
		}
		if (shown && shown % (SCREEN_COLUMNS / COLUMN_WIDTH) == 0)
			output_raw(o, "\r\n", 2);
		output_raw(o, column, format(column, sizeof(column), "%-19s ", text));
		shown++;
	}
	output_raw(o, "\r\n", 2);
	shell_draw(s);
}

void shell_complete(struct shell *s)
{
	struct line *l = &s->line;
	u32 word = l->cursor;
	u32 length;
	struct source from;
	struct matches found = { 0 };

	while (word && l->text[word - 1] != ' ' && l->text[word - 1] != '|')
		word--;
	length = l->cursor - word;
	if (find_source(l, word, &from))
		find_matches(&from, l->text + word, length, &found);
	if (!found.count) {
		output_raw(&s->output, "\a", 1);
		return;
	}
	if (found.count > 1 && strlen(found.common) == length) {
		list_candidates(s, &from, l->text + word, length);
		return;
	}
	line_insert(l, found.common + length, (u32)strlen(found.common) - length);
	if (found.count == 1)
		line_insert(l, " ", 1);
	shell_draw(s);
}
