// SPDX-License-Identifier: MIT
// The last lines that were entered. Pure.
#ifndef HV_CONSOLE_SHELL_HISTORY_H
#define HV_CONSOLE_SHELL_HISTORY_H

#include "hv/console/shell/line.h"

#define HISTORY_LINES 16 // a power of two

struct history {
	u32 count;             // lines ever added
	u32 back;              // how far back the operator went: 0 = at the line being typed
	char draft[LINE_SIZE]; // the line being typed, while an older one is shown
	char line[HISTORY_LINES][LINE_SIZE];
};

// Keeps a line, unless it is empty or the same as the last one, and goes back to the newest.
void history_add(struct history *h, const char *text);

// Copies the next older or newer line into l. Without such a line returns false and leaves l.
bool history_older(struct history *h, struct line *l);
bool history_newer(struct history *h, struct line *l);

#endif
