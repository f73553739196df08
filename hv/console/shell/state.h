// SPDX-License-Identifier: MIT
// The state of the shell, for the console, which allocates it, and for the shell's own files. It
// must not be moved or copied, since it contains pointers into itself.
#ifndef HV_CONSOLE_SHELL_STATE_H
#define HV_CONSOLE_SHELL_STATE_H

#include "hv/console/shell/history.h"
#include "hv/console/shell/key.h"
#include "hv/console/shell/line.h"
#include "hv/console/shell/output.h"
#include "hv/console/shell/shell.h"
#include "hv/core/log.h"
#include "hv/lib/ring.h"

#define PROMPT     "tessera> "

#define INPUT_SIZE 512 // a power of two: typed ahead while a command runs

// The running command: its line in words.
struct call {
	const struct command *command; // NULL: no command has that name
	const char *name;              // the first word, NULL on an empty line
	u32 argc;
	const char *argv[COMMAND_ARGS_MAX];
	const char *match;        // what follows `| match`, or NULL
	char text[LINE_SIZE + 1]; // the words point in here; one byte more to end a word at a '|'
	u64 position;             // where a command that runs again continues
	bool again;
	u64 since; // TSC when its wait began, for a time or for a CPU
	u64 pause; // ticks from then to its next run, unless a key comes
};

enum shell_mode {
	MODE_EDIT,  // at the prompt
	MODE_RUN,   // a command continues when its output has drained
	MODE_DRAIN, // a command has ended; its output is pending
};

struct shell {
	struct tty *tty;
	u32 mode; // enum shell_mode
	u64 tsc_hz;

	struct ring input;
	u8 input_storage[INPUT_SIZE];
	u32 input_lost; // bytes dropped because the input ring was full
	u32 lost_shown; // of all lost bytes, those that were reported

	struct key_decoder keys;
	struct line line;
	struct history history;
	struct output output;
	struct call call;

	// Sequences of the first lines not shown yet, here and in the log from before a reset.
	u64 next_log, next_previous;
};

// hv/console/shell/draw.c: the prompt and its line. Each needs DRAW_ROOM free bytes in the output
// ring.
#define DRAW_ROOM 256
void shell_draw(struct shell *s);
void shell_draw_change(struct shell *s, enum line_change change);

// Prints a line of text above the prompt and draws the prompt again.
void shell_draw_above(struct shell *s, const char *text);

// hv/console/shell/complete.c: completes the word at the cursor, or lists what it may become.
void shell_complete(struct shell *s);

// hv/console/shell/parse.c: takes a line apart. Returns NULL, or what is wrong with it.
const char *shell_split(struct call *call, const char *line);

// hv/console/shell/log_lines.c: prints a log line as the console shows it, and new ones above the
// prompt.
#define LOG_SHOWN_SIZE (LOG_TEXT_SIZE + 40)
void shell_format_log(const struct shell *s, const struct tessera_log_line *line, char *text,
		      u32 size);
void shell_show_log(struct shell *s);

// Tells once, above the prompt, how many more bytes of input were lost.
void shell_show_lost(struct shell *s);

#endif
