// SPDX-License-Identifier: MIT
#include "hv/console/shell/output.h"

#include "hv/lib/format.h"
#include "hv/lib/string.h"

#define ESC       0x1b

#define MORE_TEXT "--more-- (space: screen, enter: line, q: quit)"

// Room for the note about lines that were cut.
#define NOTE_ROOM 64

void output_init(struct output *o)
{
	*o = (struct output){ .ring = { .bytes = o->storage, .size = OUTPUT_SIZE } };
}

void output_begin(struct output *o, const char *match)
{
	o->match = match;
	o->line_length = 0;
	o->cut = 0;
	o->row = o->column = 0;
}

bool output_raw(struct output *o, const char *text, u32 length)
{
	if (ring_room(&o->ring) < length)
		return false;
	while (length--)
		ring_put(&o->ring, (u8)*text++);
	return true;
}

static char lower_case(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool starts_with(const char *text, const char *start)
{
	while (*start && lower_case(*text) == lower_case(*start)) {
		text++;
		start++;
	}
	return !*start;
}

static bool text_contains(const char *text, const char *part)
{
	for (; *text; text++)
		if (starts_with(text, part))
			return true;
	return !*part;
}

static void end_line(struct output *o)
{
	u32 length = o->line_length;

	o->line[length] = 0;
	o->line_length = 0;
	if (o->match && !text_contains(o->line, o->match))
		return;
	if (ring_room(&o->ring) < length + 2 + NOTE_ROOM) {
		o->cut++;
		return;
	}
	output_raw(o, o->line, length);
	output_raw(o, "\r\n", 2);
}

void output_text(struct output *o, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			end_line(o);
		else if (o->line_length < OUTPUT_LINE_SIZE - 1)
			o->line[o->line_length++] = *text;
	}
}

void output_end(struct output *o)
{
	char note[NOTE_ROOM];
	u32 length;

	if (o->line_length)
		end_line(o);
	if (!o->cut)
		return;
	length = format(note, sizeof(note), "[%u lines did not fit and were left out]\r\n", o->cut);
	output_raw(o, note, length);
}

// The shell sends only sequences of the form ESC [ numbers letter.
static bool ends_sequence(u8 byte)
{
	return byte >= '@' && byte != '[';
}

// Tracks the state of the terminal after a byte: the cursor's position, so that a line that wraps
// counts as two rows, and whether it is in the middle of an escape sequence.
static void follow_cursor(struct output *o, u8 byte)
{
	if (byte == ESC || o->in_sequence) {
		if (byte == 'H') // home: a new screen begins
			o->row = o->column = 0;
		o->in_sequence = !ends_sequence(byte);
	} else if (byte == '\r') {
		o->column = 0;
	} else if (byte == '\n') {
		o->row++;
	} else if (o->column == SCREEN_COLUMNS) {
		o->column = 1;
		o->row++;
	} else {
		o->column++;
	}
}

static bool send_urgent(struct output *o, struct tty *t)
{
	for (; o->urgent && *o->urgent; o->urgent++)
		if (!t->put(t, *o->urgent))
			return false;
	o->urgent = NULL;
	return true;
}

void output_drain(struct output *o, struct tty *t, u32 limit, bool count_rows)
{
	if (!send_urgent(o, t) || o->stopped)
		return;
	for (s32 byte; limit && (byte = ring_peek(&o->ring)) >= 0; limit--) {
		if (count_rows && o->paging && o->row >= SCREEN_ROWS - 1) {
			o->stopped = true;
			o->urgent = MORE_TEXT;
			send_urgent(o, t);
			return;
		}
		if (!t->put(t, (char)byte))
			return;
		ring_get(&o->ring);
		follow_cursor(o, (u8)byte);
	}
}

void output_resume(struct output *o, u32 rows)
{
	o->stopped = false;
	o->urgent = ERASE_LINE;
	o->row = SCREEN_ROWS - 1 - MIN(rows, SCREEN_ROWS - 1);
}

// The pending bytes of an escape sequence whose start was sent: without them the terminal would
// swallow the bytes that follow.
static u32 rest_of_sequence(const struct output *o)
{
	const struct ring *r = &o->ring;
	u32 count = 0;

	if (!o->in_sequence)
		return 0;
	while (count < ring_used(r))
		if (ends_sequence(r->bytes[(r->tail + count++) & (r->size - 1)]))
			break;
	return count;
}

void output_drop(struct output *o)
{
	o->ring.head = o->ring.tail + rest_of_sequence(o);
	o->line_length = 0;
	o->cut = 0;
	if (o->stopped)
		output_resume(o, SCREEN_ROWS);
}

bool output_idle(const struct output *o)
{
	return !ring_used(&o->ring) && !o->urgent;
}
