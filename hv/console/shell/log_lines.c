// SPDX-License-Identifier: MIT
// Prints log lines above the prompt, without disturbing the line being typed.
#include "hv/console/shell/state.h"
#include "hv/lib/format.h"
#include "hv/lib/string.h"

// Lines a poll, and the output that may be pending before more is added: the echo of what the
// operator types waits for it.
#define LINES_A_POLL                     4
#define WAITING_MAX                      256

#define BEFORE                           "before the reset: "

#define LEVEL_LETTER(name, letter, text) letter,
static const char letters[] = { LOG_LEVELS(LEVEL_LETTER) };

#define MICROSECONDS 1000000

void shell_format_log(const struct shell *s, const struct tessera_log_line *line, char *text,
		      u32 size)
{
	char letter = letters[line->level % LOG_LEVEL_COUNT];
	u64 hz = s->tsc_hz;

	if (hz < MICROSECONDS)
		format(text, size, "[%14lu] cpu%u %c %s", line->tsc, line->cpu, letter, line->text);
	else
		format(text, size, "[%5lu.%06lu] cpu%u %c %s", line->tsc / hz,
		       line->tsc % hz / (hz / MICROSECONDS) % MICROSECONDS, line->cpu, letter,
		       line->text);
}

// The log from before a reset, which may tell its cause, comes first, and once.
static bool show_previous(struct shell *s)
{
	char text[sizeof(BEFORE) + LOG_SHOWN_SIZE] = BEFORE;
	struct tessera_log_line line;

	if (!log_previous(s->next_previous, &line))
		return false;
	shell_format_log(s, &line, text + strlen(BEFORE), LOG_SHOWN_SIZE);
	shell_draw_above(s, text);
	s->next_previous = line.sequence + 1;
	return true;
}

void shell_show_log(struct shell *s)
{
	char text[LOG_SHOWN_SIZE];
	struct tessera_log_line line;

	for (u32 i = 0; i < LINES_A_POLL && ring_used(&s->output.ring) < WAITING_MAX; i++) {
		if (show_previous(s))
			continue;
		if (!log_read(s->next_log, &line))
			return;
		if (line.sequence > s->next_log) {
			format(text, sizeof(text), "[%lu log lines came too fast to be shown]",
			       line.sequence - s->next_log);
			shell_draw_above(s, text);
		}
		shell_format_log(s, &line, text, sizeof(text));
		shell_draw_above(s, text);
		s->next_log = line.sequence + 1;
	}
}

void shell_show_lost(struct shell *s)
{
	u32 lost = s->input_lost + s->tty->lost;
	char text[LOG_SHOWN_SIZE];

	if (lost == s->lost_shown || ring_used(&s->output.ring) >= WAITING_MAX)
		return;
	format(text, sizeof(text), "[%u bytes of input were lost]", lost - s->lost_shown);
	shell_draw_above(s, text);
	s->lost_shown = lost;
}
