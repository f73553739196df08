// SPDX-License-Identifier: MIT
// The output to the terminal: a ring that drains a little at each poll. Lines of a command pass a
// filter before they enter the ring, and stop after each screen when they leave it. Output of the
// shell itself (prompt, echo) passes neither.
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
	u32 cut;           // lines dropped for lack of room

	bool paging; // stop after each screen of command output
	bool stopped;
	u32 row, column;    // where on the screen the command's output is
	bool in_sequence;   // the terminal has seen the start of an escape sequence, not its end
	const char *urgent; // sent before the ring: the text of the stop
};

void output_init(struct output *o);

// Begins the output of a command.
void output_begin(struct output *o, const char *match);

// Adds text of a command; complete lines enter the ring.
void output_text(struct output *o, const char *text);

// Ends the output of a command: completes an unfinished line, and adds the note about cut lines.
void output_end(struct output *o);

// Adds text of the shell directly to the ring: all of it or, if it does not fit, nothing.
bool output_raw(struct output *o, const char *text, u32 length);

// Sends up to `limit` bytes. With `count_rows` they are a command's output, which may stop at
// --more--.
void output_drain(struct output *o, struct tty *t, u32 limit, bool count_rows);

// Continues after a stop, with `rows` lines until the next one.
void output_resume(struct output *o, u32 rows);

// Drops all pending output, including an unfinished line, and ends a stop.
void output_drop(struct output *o);

// True if no output is pending.
bool output_idle(const struct output *o);

#endif
