// SPDX-License-Identifier: MIT
// The operator's shell on the serial console. It never blocks: shell_poll is called by one CPU
// between two stretches of guest execution, takes what the line brought, and does a bounded amount
// of work. Long output goes through a buffer that drains a little at each poll.
//
// This is what commands and the shell's owner need. struct shell itself is in
// hv/console/shell/state.h.
#ifndef HV_CONSOLE_SHELL_SHELL_H
#define HV_CONSOLE_SHELL_SHELL_H

#include "hv/lib/types.h"

// The line the shell talks over. The UART implements it; host tests give a buffer.
struct tty {
	s32 (*get)(struct tty *t);             // next byte, or -1 when there is none
	bool (*put)(struct tty *t, char byte); // false when the line cannot take a byte now
	u32 lost;                              // bytes that the line itself lost on their way in
};

struct shell;

#define COMMAND_ARGS_MAX 8

// One command. The table (hv/console/commands.c) is what the shell, completion, help and docs
// share.
struct command {
	const char *name;
	const char *args;    // "GPA [LEN]": as help shows it
	const char *help;    // a few words, COMMAND_HELP_MAX characters at most: help's one screen
	const char *about;   // whole sentences, for `help CMD` and the manual
	const char *example; // a line that works
	u8 min_args, max_args;
	bool changes; // refused under lockdown

	// argv[0] is the first argument. Called with no lock held. A command with more to say than
	// shell_room allows calls shell_again and returns.
	void (*run)(struct shell *s, u32 argc, const char **argv);

	// The index-th word that argument `arg` (0 = the first) may be, for completion. False when
	// there are no more. NULL where nothing can be completed.
	bool (*complete)(u32 arg, u32 index, char *text, u32 size);
};

#define COMMAND_NAME_MAX 12
#define COMMAND_HELP_MAX 26

extern const struct command commands[];
extern const u32 command_count;

// True while commands that change something are refused.
bool commands_locked(void);

// Starts the shell over `t` with its state in memory of its own. Prints the greeting and prompt.
// tsc_hz turns the log's times into seconds; 0 shows them as they are.
void shell_init(struct shell *s, struct tty *t, u64 tsc_hz);

// Moves bytes in and out, new log lines included; runs at most one command. Returns true while
// there is more to do soon (output waits or input came), so the caller polls more often.
bool shell_poll(struct shell *s);

// Output of a command. Lines end with \n. What does not fit the output buffer is cut with a note;
// one call prints at most SHELL_PRINT_MAX bytes.
void shell_print(struct shell *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define SHELL_PRINT_MAX 256

// For long lists: true while a command may print another SHELL_ROOM bytes without being cut.
bool shell_room(const struct shell *s);
#define SHELL_ROOM 512

// Asks to run this command again with the same arguments when the output has drained. position is
// the command's own: where to go on. shell_position answers it, 0 in the first run.
void shell_again(struct shell *s, u64 position);
u64 shell_position(const struct shell *s);

// The same, but not before `ticks` of the time-stamp counter have gone by or a key was typed; and
// whether one was, which is taken then: for commands that go on until the operator has enough.
void shell_again_later(struct shell *s, u64 position, u64 ticks);
bool shell_key(struct shell *s);

// Prints how the command under way is called. For arguments that make no sense.
void shell_usage(struct shell *s);

// Prints the sentence of TESSERA_ERRORS for a hypercall's result, nothing for TESSERA_OK.
void shell_result(struct shell *s, s64 result);

// Argument readers that print what is wrong, with the usage, and return false.
bool shell_read_number(struct shell *s, const char *text, u64 *value);
bool shell_read_range(struct shell *s, const char *text, u64 *start, u64 *length);

// The index-th word of a list "one two three". False when there are fewer. For completion.
bool shell_word(const char *list, u32 index, char *text, u32 size);

// Where in such a list a word stands, from 0; -1 where it does not.
s32 shell_word_index(const char *list, const char *word);

// The command with that name, or NULL; and the one that was probably meant, or NULL.
const struct command *shell_command(const char *name);
const struct command *shell_nearest(const char *name);

#endif
