// SPDX-License-Identifier: MIT
// The prompt and the line being typed: always on one row of the screen. A line that is longer than
// the row is shown through a window that follows the cursor.
#include "hv/console/shell/state.h"
#include "hv/lib/format.h"
#include "hv/lib/string.h"

// One column stays free for the cursor, so that the terminal never wraps.
#define VISIBLE ((u32)(SCREEN_COLUMNS - sizeof(PROMPT)))

void shell_draw(struct shell *s)
{
	const struct line *l = &s->line;
	u32 first = l->cursor > VISIBLE ? l->cursor - VISIBLE : 0;
	u32 shown = MIN(l->length - first, VISIBLE);
	u32 back = first + shown - l->cursor;
	char text[DRAW_ROOM];
	u32 length = format(text, sizeof(text), "%s%s", ERASE_LINE, PROMPT);

	memcpy(text + length, l->text + first, shown);
	length += shown;
	if (back)
		length += format(text + length, sizeof(text) - length, "\x1b[%uD", back);
	output_raw(&s->output, text, length);
}

void shell_draw_change(struct shell *s, enum line_change change)
{
	if (change == LINE_APPENDED && s->line.length <= VISIBLE)
		output_raw(&s->output, &s->line.text[s->line.length - 1], 1);
	else if (change != LINE_SAME)
		shell_draw(s);
}

void shell_draw_above(struct shell *s, const char *text)
{
	output_raw(&s->output, ERASE_LINE, sizeof(ERASE_LINE) - 1);
	output_raw(&s->output, text, (u32)strlen(text));
	output_raw(&s->output, "\r\n", 2);
	shell_draw(s);
}
