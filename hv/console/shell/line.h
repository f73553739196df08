// SPDX-License-Identifier: MIT
// The line being typed, and what the editing keys do to it. Pure.
#ifndef HV_CONSOLE_SHELL_LINE_H
#define HV_CONSOLE_SHELL_LINE_H

#include "hv/console/shell/key.h"
#include "hv/lib/types.h"

#define LINE_SIZE 128 // the closing zero included

struct line {
	u32 length;
	u32 cursor; // 0..length: the next character goes there
	char text[LINE_SIZE];
};

// What the terminal must be told.
enum line_change {
	LINE_SAME,
	LINE_APPENDED, // one character, at the end
	LINE_REDRAW,
};

void line_set(struct line *l, const char *text);

// Puts up to `count` characters at the cursor; those that do not fit are left out. Returns how many
// were taken.
u32 line_insert(struct line *l, const char *text, u32 count);

// Does an editing key. `byte` is the character of KEY_TEXT. Other keys change nothing.
enum line_change line_key(struct line *l, enum key key, char byte);

// Where the word that ends at `from` begins.
u32 line_word_start(const struct line *l, u32 from);

#endif
