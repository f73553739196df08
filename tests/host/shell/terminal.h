// SPDX-License-Identifier: MIT
// A terminal for the tests: what the operator types goes in as bytes, what they see comes out as
// the rows of a screen. Understands exactly the control sequences that the shell may use and counts
// every other one as a fault.
#ifndef TERMINAL_H
#define TERMINAL_H

#include "hv/console/shell/shell.h"

#define TERMINAL_COLUMNS 80
#define TERMINAL_ROWS    4096 // of scroll-back, the screen included

struct terminal {
	struct tty tty; // first
	const char *typed;
	size_t typed_length, typed_at;
	u32 burst;        // bytes that `get` hands out in one poll, 0 = all
	u32 budget;       // bytes that `put` takes in one poll
	u32 given, taken; // since the last terminal_poll

	char row[TERMINAL_ROWS][TERMINAL_COLUMNS + 1];
	u32 y, x;
	u32 bells, clears, faults;
	u64 bytes; // ever received
	char sequence[16];
	u32 sequence_length;
};

void terminal_init(struct terminal *t);

// Polls once, as the console's CPU does.
bool terminal_poll(struct terminal *t, struct shell *s);

// Polls until there is nothing more to do, at most `limit` times; fails the test beyond.
void terminal_settle(struct terminal *t, struct shell *s);

// Types text (or exactly `length` bytes) and polls the shell until it is idle.
void terminal_type(struct terminal *t, struct shell *s, const char *text);
void terminal_type_bytes(struct terminal *t, struct shell *s, const char *bytes, size_t length);

// The row `up` rows above the cursor's, 0 = that row itself.
const char *terminal_row(const struct terminal *t, u32 up);

// True when some row from `first` on contains the text. terminal_count: how many do.
bool terminal_shows(const struct terminal *t, u32 first, const char *text);
u32 terminal_count(const struct terminal *t, u32 first, const char *text);

#endif
