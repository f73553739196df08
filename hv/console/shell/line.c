// SPDX-License-Identifier: MIT
#include "hv/console/shell/line.h"

#include "hv/lib/string.h"

void line_set(struct line *l, const char *text)
{
	l->length = l->cursor = 0;
	l->text[0] = 0;
	line_insert(l, text, (u32)strlen(text));
}

u32 line_insert(struct line *l, const char *text, u32 count)
{
	char *at = l->text + l->cursor;

	count = MIN(count, LINE_SIZE - 1 - l->length);
	memmove(at + count, at, l->length - l->cursor + 1);
	memcpy(at, text, count);
	l->length += count;
	l->cursor += count;
	return count;
}

// Removes [from, to) and leaves the cursor at from.
static enum line_change cut_text(struct line *l, u32 from, u32 to)
{
	if (from == to)
		return LINE_SAME;
	memmove(l->text + from, l->text + to, l->length - to + 1);
	l->length -= to - from;
	l->cursor = from;
	return LINE_REDRAW;
}

static enum line_change move_to(struct line *l, u32 cursor)
{
	if (l->cursor == cursor)
		return LINE_SAME;
	l->cursor = cursor;
	return LINE_REDRAW;
}

u32 line_word_start(const struct line *l, u32 from)
{
	while (from && l->text[from - 1] == ' ')
		from--;
	while (from && l->text[from - 1] != ' ')
		from--;
	return from;
}

static u32 word_end(const struct line *l, u32 from)
{
	while (from < l->length && l->text[from] == ' ')
		from++;
	while (from < l->length && l->text[from] != ' ')
		from++;
	return from;
}

static enum line_change key_left(struct line *l)
{
	return move_to(l, l->cursor - (l->cursor > 0));
}

static enum line_change key_right(struct line *l)
{
	return move_to(l, l->cursor + (l->cursor < l->length));
}

static enum line_change key_word_left(struct line *l)
{
	return move_to(l, line_word_start(l, l->cursor));
}

static enum line_change key_word_right(struct line *l)
{
	return move_to(l, word_end(l, l->cursor));
}

static enum line_change key_home(struct line *l)
{
	return move_to(l, 0);
}

static enum line_change key_end(struct line *l)
{
	return move_to(l, l->length);
}

static enum line_change key_backspace(struct line *l)
{
	return cut_text(l, l->cursor - (l->cursor > 0), l->cursor);
}

static enum line_change key_delete(struct line *l)
{
	return cut_text(l, l->cursor, l->cursor + (l->cursor < l->length));
}

static enum line_change key_kill_start(struct line *l)
{
	return cut_text(l, 0, l->cursor);
}

static enum line_change key_kill_end(struct line *l)
{
	return cut_text(l, l->cursor, l->length);
}

static enum line_change key_kill_word(struct line *l)
{
	return cut_text(l, line_word_start(l, l->cursor), l->cursor);
}

static enum line_change key_redraw(struct line *l)
{
	(void)l;
	return LINE_REDRAW;
}

static enum line_change (*const edits[KEY_COUNT])(struct line *l) = {
	[KEY_LEFT] = key_left,
	[KEY_RIGHT] = key_right,
	[KEY_WORD_LEFT] = key_word_left,
	[KEY_WORD_RIGHT] = key_word_right,
	[KEY_HOME] = key_home,
	[KEY_END] = key_end,
	[KEY_BACKSPACE] = key_backspace,
	[KEY_DELETE] = key_delete,
	[KEY_KILL_START] = key_kill_start,
	[KEY_KILL_END] = key_kill_end,
	[KEY_KILL_WORD] = key_kill_word,
	[KEY_REDRAW] = key_redraw,
};

enum line_change line_key(struct line *l, enum key key, char byte)
{
	if (key == KEY_TEXT) {
		if (!line_insert(l, &byte, 1))
			return LINE_SAME;
		return l->cursor == l->length ? LINE_APPENDED : LINE_REDRAW;
	}
	return edits[key] ? edits[key](l) : LINE_SAME;
}
