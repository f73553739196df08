// SPDX-License-Identifier: MIT
// The operator's shell on the serial console. It never blocks: one CPU calls shell_poll
// between runs of the guest. It takes the input that has arrived and does a bounded amount of work.
// Long output goes through a buffer that drains a little at each poll.
//
// This is the interface for commands and for the console. struct shell is in
// hv/console/shell/state.h.
#ifndef HV_CONSOLE_SHELL_SHELL_H
#define HV_CONSOLE_SHELL_SHELL_H

#include "hv/lib/types.h"

// The line the shell talks over. The UART implements it; host tests give a buffer.
struct tty {
	s32 (*get)(struct tty *t);             // next byte, or -1 if no byte has arrived
	bool (*put)(struct tty *t, char byte); // false when the line cannot take a byte now
	u32 lost;                              // input bytes that the line lost
};

struct shell;

#define COMMAND_ARGS_MAX 8

// One command. Shell, completion, help and docs share the table in hv/console/commands.c.
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

	// For completion: the index-th word that argument `arg` (0 = the first) can be. False after
	// the last one. NULL if nothing can be completed.
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

// Moves bytes in and out, including new log lines; runs at most one command. Returns true while
// there is more to do soon (output waits or input came), so the caller polls more often.
bool shell_poll(struct shell *s);

// Output of a command. Lines end with \n. What does not fit the output buffer is cut with a note;
// one call prints at most SHELL_PRINT_MAX bytes.
void shell_print(struct shell *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define SHELL_PRINT_MAX 256

// For long lists: true while a command may print another SHELL_ROOM bytes without being cut.
bool shell_room(const struct shell *s);
#define SHELL_ROOM 512

// The one way in which a command continues: asks to run it again with the same arguments when the
// output has drained. A command that lists continues at its next item, one that waits polls. The
// command chooses the position where it continues. shell_position returns it, 0 in the first run.
void shell_again(struct shell *s, u64 position);
u64 shell_position(const struct shell *s);

// shell_again_later waits until `ticks` of the time-stamp counter have passed or a key was typed.
// shell_key takes the key and returns whether there was one: for commands that run until a key
// stops them.
void shell_again_later(struct shell *s, u64 position, u64 ticks);
bool shell_key(struct shell *s);

// Prints the usage of the running command, for invalid arguments.
void shell_usage(struct shell *s);

// Prints the sentence of TESSERA_ERRORS for a hypercall's result, nothing for TESSERA_OK.
void shell_result(struct shell *s, s64 result);

// Argument readers that print what is wrong, with the usage, and return false.
bool shell_read_number(struct shell *s, const char *text, u64 *value);
bool shell_read_range(struct shell *s, const char *text, u64 *start, u64 *length);

// The index-th word of a list "one two three". False when there are fewer. For completion.
bool shell_word(const char *list, u32 index, char *text, u32 size);

// The index of a word in such a list, from 0; -1 if it is not in the list.
s32 shell_word_index(const char *list, const char *word);

// shell_command: the command with that name, or NULL. shell_nearest: the one that was probably
// meant, or NULL.
const struct command *shell_command(const char *name);
const struct command *shell_nearest(const char *name);

#endif
