// SPDX-License-Identifier: MIT
// What goes to the terminal: a ring that drains a little at each poll. A command's lines pass a
// filter before they enter it, and a stop after each screen when they leave it. What the shell
// itself draws (prompt, echo) passes neither.
#ifndef HV_CONSOLE_SHELL_OUTPUT_H
#define HV_CONSOLE_SHELL_OUTPUT_H

#include "hv/console/shell/shell.h"
#include "hv/lib/ring.h"

#define SCREEN_COLUMNS   80
#define SCREEN_ROWS      24

#define OUTPUT_SIZE      4096 // a power of two; a screen and a half of full lines
#define OUTPUT_LINE_SIZE 160  // longest line of a command, the closing zero included

#define ERASE_LINE       "\r\x1b[K"

struct output {
	struct ring ring;
	u8 storage[OUTPUT_SIZE];

	char line[OUTPUT_LINE_SIZE]; // of a command, not yet ended
	u32 line_length;
	const char *match; // only lines that contain this pass; NULL = all
	u32 cut;           // lines that found no room

	bool paging; // stop after each screen of command output
	bool stopped;
	u32 row, column;    // where on the screen the command's output is
	bool in_sequence;   // the terminal has seen the start of an escape sequence, not its end
	const char *urgent; // goes out before the ring: the stop's own text
};

void output_init(struct output *o);

// Begins the output of a command.
void output_begin(struct output *o, const char *match);

// Text of a command; whole lines go on.
void output_text(struct output *o, const char *text);

// Ends it: an unfinished line gets its end, lines that were cut get their note.
void output_end(struct output *o);

// Text of the shell, straight into the ring. All of it or, where it does not fit, nothing.
bool output_raw(struct output *o, const char *text, u32 length);

// Sends up to `limit` bytes. With `count_rows` they are a command's, and may stop at --more--.
void output_drain(struct output *o, struct tty *t, u32 limit, bool count_rows);

// Goes on after a stop with `rows` more lines before the next one.
void output_resume(struct output *o, u32 rows);

// Throws away what waits, the line being made included, and ends a stop.
void output_drop(struct output *o);

// True while nothing waits to be sent.
bool output_idle(const struct output *o);

#endif
