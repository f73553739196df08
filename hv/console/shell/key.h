// SPDX-License-Identifier: MIT
// From the bytes of a terminal to keys. Escape sequences may be split over any number of polls, so
// the decoder is a state machine that takes one byte at a time. Pure.
#ifndef HV_CONSOLE_SHELL_KEY_H
#define HV_CONSOLE_SHELL_KEY_H

#include "hv/lib/types.h"

enum key {
	KEY_NONE, // in the middle of a sequence, or a key without meaning here
	KEY_TEXT, // the byte itself, printable ASCII
	KEY_ENTER,
	KEY_TAB,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_WORD_LEFT,
	KEY_WORD_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_BACKSPACE,
	KEY_DELETE,
	KEY_KILL_START, // delete to the start of the line
	KEY_KILL_END,
	KEY_KILL_WORD,
	KEY_UP,
	KEY_DOWN,
	KEY_REDRAW,
	KEY_COUNT
};

struct key_decoder {
	u8 state;
	bool after_cr; // a \n now belongs to the \r before it
	u16 number[2]; // of a CSI sequence: ESC [ number ; number letter
	u8 numbers;
};

// A zeroed decoder is ready to start.
enum key key_decode(struct key_decoder *d, u8 byte);

#endif
