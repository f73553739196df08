// SPDX-License-Identifier: MIT
#include "tests/host/shell/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/host/test.h"

#define SETTLE_POLLS 2000000

static s32 get(struct tty *tty)
{
	struct terminal *t = (struct terminal *)tty;

	if (t->typed_at == t->typed_length || (t->burst && t->given == t->burst))
		return -1;
	t->given++;
	return (u8)t->typed[t->typed_at++];
}

static void new_row(struct terminal *t)
{
	if (t->y + 1 == TERMINAL_ROWS) {
		memmove(t->row[0], t->row[1], sizeof(t->row) - sizeof(t->row[0]));
		memset(t->row[t->y], 0, sizeof(t->row[0]));
	} else {
		t->y++;
	}
}

static void print(struct terminal *t, char c)
{
	if (t->x == TERMINAL_COLUMNS) {
		t->x = 0;
		new_row(t);
	}
	for (u32 i = 0; i < t->x; i++)
		if (!t->row[t->y][i])
			t->row[t->y][i] = ' ';
	t->row[t->y][t->x++] = c;
}

static void sequence(struct terminal *t, char c)
{
	t->sequence[t->sequence_length++] = c;
	t->sequence[t->sequence_length] = 0;
	if (t->sequence_length == 2) {
		t->faults += c != '[';
	} else if (c >= '@') {
		u32 number = (u32)atoi(t->sequence + 2);

		if (c == 'K' && !number)
			memset(t->row[t->y] + t->x, 0, TERMINAL_COLUMNS - t->x);
		else if (c == 'D' && number && number <= t->x)
			t->x -= number;
		else if (c == 'J' && number == 2)
			t->clears++;
		else if (c != 'H' && (c != 'J' || number))
			t->faults++;
		t->sequence_length = 0;
	} else if (t->sequence_length == sizeof(t->sequence) - 1) {
		t->faults++;
		t->sequence_length = 0;
	}
}

static bool put(struct tty *tty, char c)
{
	struct terminal *t = (struct terminal *)tty;

	if (t->taken == t->budget)
		return false;
	t->taken++;
	t->bytes++;
	if (t->sequence_length || c == '\x1b')
		sequence(t, c);
	else if (c == '\r')
		t->x = 0;
	else if (c == '\n')
		new_row(t);
	else if (c == '\a')
		t->bells++;
	else if (c >= ' ' && c <= '~')
		print(t, c);
	else
		t->faults++;
	return true;
}

void terminal_init(struct terminal *t)
{
	memset(t, 0, sizeof(*t));
	t->tty = (struct tty){ .get = get, .put = put };
	t->budget = 16;
}

bool terminal_poll(struct terminal *t, struct shell *s)
{
	t->given = t->taken = 0;
	return shell_poll(s);
}

void terminal_settle(struct terminal *t, struct shell *s)
{
	for (u32 i = 0; i < SETTLE_POLLS; i++)
		if (!terminal_poll(t, s) && t->typed_at == t->typed_length)
			return;
	fail_msg("the shell never came to rest");
}

void terminal_type_bytes(struct terminal *t, struct shell *s, const char *bytes, size_t length)
{
	t->typed = bytes;
	t->typed_length = length;
	t->typed_at = 0;
	terminal_settle(t, s);
}

void terminal_type(struct terminal *t, struct shell *s, const char *text)
{
	terminal_type_bytes(t, s, text, strlen(text));
}

const char *terminal_row(const struct terminal *t, u32 up)
{
	return up <= t->y ? t->row[t->y - up] : "";
}

u32 terminal_count(const struct terminal *t, u32 first, const char *text)
{
	u32 count = 0;

	for (u32 i = first; i <= t->y; i++)
		count += strstr(t->row[i], text) != NULL;
	return count;
}

bool terminal_shows(const struct terminal *t, u32 first, const char *text)
{
	return terminal_count(t, first, text) > 0;
}
