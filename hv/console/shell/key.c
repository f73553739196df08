// SPDX-License-Identifier: MIT
#include "hv/console/shell/key.h"

#define ESC        0x1b
#define DEL        0x7f
#define CTRL(c)    ((c) - '@')

#define NUMBER_MAX 999

enum state {
	PLAIN,
	ESCAPE,  // after ESC
	CSI,     // after ESC [
	SS3,     // after ESC O: cursor keys in application mode
	CONSOLE, // after ESC [ [: function keys of the Linux console
};

static const struct {
	u8 byte;
	u8 key;
} controls[] = {
	{ CTRL('A'), KEY_HOME },      { CTRL('B'), KEY_LEFT },     { CTRL('D'), KEY_DELETE },
	{ CTRL('E'), KEY_END },       { CTRL('F'), KEY_RIGHT },    { CTRL('H'), KEY_BACKSPACE },
	{ CTRL('I'), KEY_TAB },       { CTRL('K'), KEY_KILL_END }, { CTRL('L'), KEY_REDRAW },
	{ CTRL('N'), KEY_DOWN },      { CTRL('P'), KEY_UP },       { CTRL('U'), KEY_KILL_START },
	{ CTRL('W'), KEY_KILL_WORD }, { DEL, KEY_BACKSPACE },
};

// What ends a sequence, by the state it ends in. For a letter, number is the modifier that xterm
// sends as second number (5 = Ctrl, 3 = Alt); for '~' it is the key's own number.
static const struct {
	u8 state;
	u8 final;
	u8 number;
	u8 key;
} sequences[] = {
	{ CSI, 'A', 0, KEY_UP },
	{ CSI, 'B', 0, KEY_DOWN },
	{ CSI, 'C', 0, KEY_RIGHT },
	{ CSI, 'D', 0, KEY_LEFT },
	{ CSI, 'H', 0, KEY_HOME },
	{ CSI, 'F', 0, KEY_END },
	{ CSI, 'C', 5, KEY_WORD_RIGHT },
	{ CSI, 'D', 5, KEY_WORD_LEFT },
	{ CSI, 'C', 3, KEY_WORD_RIGHT },
	{ CSI, 'D', 3, KEY_WORD_LEFT },
	{ CSI, '~', 1, KEY_HOME },
	{ CSI, '~', 7, KEY_HOME },
	{ CSI, '~', 4, KEY_END },
	{ CSI, '~', 8, KEY_END },
	{ CSI, '~', 3, KEY_DELETE },
	{ SS3, 'A', 0, KEY_UP },
	{ SS3, 'B', 0, KEY_DOWN },
	{ SS3, 'C', 0, KEY_RIGHT },
	{ SS3, 'D', 0, KEY_LEFT },
	{ SS3, 'H', 0, KEY_HOME },
	{ SS3, 'F', 0, KEY_END },
	{ ESCAPE, 'b', 0, KEY_WORD_LEFT },
	{ ESCAPE, 'f', 0, KEY_WORD_RIGHT },
	{ ESCAPE, DEL, 0, KEY_KILL_WORD },
};

static enum key find_sequence(u8 state, u8 final, u16 number)
{
	for (u32 i = 0; i < ARRAY_SIZE(sequences); i++)
		if (sequences[i].state == state && sequences[i].final == final &&
		    sequences[i].number == number)
			return sequences[i].key;
	return KEY_NONE;
}

static enum key find_control(u8 byte)
{
	for (u32 i = 0; i < ARRAY_SIZE(controls); i++)
		if (controls[i].byte == byte)
			return controls[i].key;
	return KEY_NONE;
}

static enum key in_plain(struct key_decoder *d, u8 byte)
{
	bool after_cr = d->after_cr;

	d->after_cr = byte == '\r';
	if (byte == '\r' || (byte == '\n' && !after_cr))
		return KEY_ENTER;
	if (byte >= ' ' && byte < DEL)
		return KEY_TEXT;
	return find_control(byte);
}

static enum key in_escape(struct key_decoder *d, u8 byte)
{
	d->state = byte == '[' ? CSI : byte == 'O' ? SS3 : PLAIN;
	d->number[0] = d->number[1] = 0;
	d->numbers = 0;
	return d->state == PLAIN ? find_sequence(ESCAPE, byte, 0) : KEY_NONE;
}

static enum key in_csi(struct key_decoder *d, u8 byte)
{
	if (byte >= '0' && byte <= '9') {
		u16 *number = &d->number[MIN(d->numbers, 1)];

		*number = (u16)MIN(*number * 10 + (byte - '0'), NUMBER_MAX);
	} else if (byte == ';') {
		d->numbers = (u8)MIN(d->numbers + 1, 2);
	} else if (byte == '[') {
		d->state = CONSOLE;
	} else if (byte >= '@') {
		d->state = PLAIN;
		return find_sequence(CSI, byte, d->number[byte != '~']);
	}
	return KEY_NONE;
}

static enum key in_last(struct key_decoder *d, u8 byte)
{
	u8 state = d->state;

	d->state = PLAIN;
	return find_sequence(state, byte, 0);
}

static enum key (*const steps[])(struct key_decoder *d, u8 byte) = {
	[PLAIN] = in_plain, [ESCAPE] = in_escape, [CSI] = in_csi,
	[SS3] = in_last,    [CONSOLE] = in_last,
};

// No sequence contains a control byte: one that comes ends the sequence and counts for itself, so
// that a torn sequence never eats the Enter behind it.
enum key key_decode(struct key_decoder *d, u8 byte)
{
	if (byte == ESC) {
		d->state = ESCAPE;
		d->after_cr = false;
		return KEY_NONE;
	}
	if (byte < ' ')
		d->state = PLAIN;
	return steps[d->state](d, byte);
}
