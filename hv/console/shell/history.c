// SPDX-License-Identifier: MIT
#include "hv/console/shell/history.h"

#include "hv/lib/string.h"

// The line that was added `back` lines ago; 1 is the newest.
static char *history_entry(struct history *h, u32 back)
{
	return h->line[(h->count - back) % HISTORY_LINES];
}

void history_add(struct history *h, const char *text)
{
	h->back = 0;
	if (!text[0] || (h->count && strcmp(history_entry(h, 1), text) == 0))
		return;
	h->count++;
	memcpy(history_entry(h, 1), text, strlen(text) + 1);
}

static void show_history_entry(struct history *h, struct line *l, u32 back)
{
	h->back = back;
	line_set(l, back ? history_entry(h, back) : h->draft);
}

bool history_older(struct history *h, struct line *l)
{
	if (h->back == MIN(h->count, HISTORY_LINES))
		return false;
	if (h->back == 0)
		memcpy(h->draft, l->text, l->length + 1);
	show_history_entry(h, l, h->back + 1);
	return true;
}

bool history_newer(struct history *h, struct line *l)
{
	if (h->back == 0)
		return false;
	show_history_entry(h, l, h->back - 1);
	return true;
}
