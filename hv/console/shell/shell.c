// SPDX-License-Identifier: MIT
// The shell's poll: bytes in, at most one command, bytes out. Everything here is bounded, so that a
// flood on the line costs the guest no more than a fast typist does.
#include "hv/console/shell/shell.h"

#include "hv/console/shell/state.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"

// Bytes and keys at one poll. A 16550 never holds more than 16 bytes; a pipe may.
#define POLL_INPUT  64
#define POLL_OUTPUT 64
#define POLL_KEYS   32

// A command continues when at most this much of its earlier output is pending.
#define REFILL_LEVEL   (OUTPUT_SIZE / 8)

#define INTERRUPT_BYTE 3 // ^C

#define GREETING       "Tessera console. `help` lists the commands.\r\n"

static void print_notice(struct shell *s, const char *text)
{
	output_raw(&s->output, text, (u32)strlen(text));
}

// Drops the running command and its output, and shows an empty prompt.
static void back_to_prompt(struct shell *s, const char *note)
{
	if (s->mode != MODE_EDIT || ring_room(&s->output.ring) < DRAW_ROOM)
		output_drop(&s->output);
	s->mode = MODE_EDIT;
	line_set(&s->line, "");
	s->history.back = 0;
	print_notice(s, note);
	shell_draw(s);
}

// ^C takes effect as soon as it arrives, before input that was typed ahead.
static void interrupt_command(struct shell *s)
{
	ring_clear(&s->input);
	s->keys = (struct key_decoder){ 0 };
	back_to_prompt(s, "^C\r\n");
}

static bool take_input(struct shell *s)
{
	s32 byte;
	u32 count;

	for (count = 0; count < POLL_INPUT && (byte = s->tty->get(s->tty)) >= 0; count++) {
		if (byte == INTERRUPT_BYTE)
			interrupt_command(s);
		else if (!ring_put(&s->input, (u8)byte))
			s->input_lost++;
	}
	return count > 0;
}

// Why the command cannot be run, or NULL.
static const char *refusal_of_command(const struct call *call)
{
	if (call->command->changes && commands_locked())
		return "the policy is locked down: nothing can be changed until reset";
	if (call->argc < call->command->min_args)
		return "an argument is missing";
	if (call->argc > call->command->max_args)
		return "too many arguments";
	return NULL;
}

static void print_unknown(struct shell *s)
{
	const struct command *nearest = shell_nearest(s->call.name);

	shell_print(s, "no command `%s`", s->call.name);
	if (!nearest) {
		shell_print(s, ": `help` lists them\n");
		return;
	}
	shell_print(s, ": did you mean `%s`?\n", nearest->name);
	s->call.command = nearest;
	shell_usage(s);
}

static void run_command(struct shell *s)
{
	s->call.again = false;
	s->call.pause = 0;
	s->call.command->run(s, s->call.argc, s->call.argv);
	if (s->call.again) {
		s->mode = MODE_RUN;
		return;
	}
	output_end(&s->output);
	s->mode = MODE_DRAIN;
}

static void run_line(struct shell *s)
{
	const char *wrong = shell_split(&s->call, s->line.text);

	output_begin(&s->output, s->call.match);
	if (!wrong && s->call.command) {
		wrong = refusal_of_command(&s->call);
		if (!wrong) {
			run_command(s);
			return;
		}
	}
	s->output.match = NULL;
	if (wrong)
		shell_print(s, "%s\n", wrong);
	if (s->call.command)
		shell_usage(s);
	else if (!wrong && s->call.name)
		print_unknown(s);
	output_end(&s->output);
	s->mode = MODE_DRAIN;
}

static void key_enter(struct shell *s)
{
	print_notice(s, "\r\n");
	history_add(&s->history, s->line.text);
	run_line(s);
	line_set(&s->line, "");
}

static void key_up(struct shell *s)
{
	if (history_older(&s->history, &s->line))
		shell_draw(s);
}

static void key_down(struct shell *s)
{
	if (history_newer(&s->history, &s->line))
		shell_draw(s);
}

static void key_clear(struct shell *s)
{
	print_notice(s, "\x1b[H\x1b[2J");
	shell_draw(s);
}

// Handles keys that do more than edit the line.
static void (*const actions[KEY_COUNT])(struct shell *s) = {
	[KEY_ENTER] = key_enter, [KEY_TAB] = shell_complete, [KEY_UP] = key_up,
	[KEY_DOWN] = key_down,   [KEY_REDRAW] = key_clear,
};

static void poll_edit(struct shell *s)
{
	for (u32 i = 0; i < POLL_KEYS && s->mode == MODE_EDIT; i++) {
		s32 byte;
		enum key key;

		if (ring_room(&s->output.ring) < DRAW_ROOM || (byte = ring_get(&s->input)) < 0)
			break;
		key = key_decode(&s->keys, (u8)byte);
		if (actions[key])
			actions[key](s);
		else
			shell_draw_change(s, line_key(&s->line, key, (char)byte));
	}
	if (s->mode == MODE_EDIT && !ring_used(&s->input)) {
		shell_show_lost(s);
		shell_show_log(s);
	}
}

// At --more--: space shows a screen, Enter a line, q ends the command.
static void answer_stop(struct shell *s)
{
	s32 byte = ring_get(&s->input);

	if (byte == ' ')
		output_resume(&s->output, SCREEN_ROWS - 1);
	else if (byte == '\r' || byte == '\n')
		output_resume(&s->output, 1);
	else if (byte == 'q' || byte == 'Q')
		back_to_prompt(s, "");
}

static bool command_waits(const struct shell *s)
{
	return !ring_used(&s->input) && !ticks_passed(s->call.since, s->call.pause);
}

static void poll_run(struct shell *s)
{
	if (s->output.stopped)
		answer_stop(s);
	else if (ring_used(&s->output.ring) <= REFILL_LEVEL && !command_waits(s))
		run_command(s);
}

static void poll_drain(struct shell *s)
{
	if (s->output.stopped) {
		answer_stop(s);
	} else if (output_idle(&s->output)) {
		s->mode = MODE_EDIT;
		shell_draw(s);
	}
}

static void (*const polls[])(struct shell *s) = {
	[MODE_EDIT] = poll_edit,
	[MODE_RUN] = poll_run,
	[MODE_DRAIN] = poll_drain,
};

void shell_init(struct shell *s, struct tty *t, u64 tsc_hz)
{
	memset(s, 0, sizeof(*s));
	s->tty = t;
	s->tsc_hz = tsc_hz;
	s->next_log = 1;
	s->input = (struct ring){ .bytes = s->input_storage, .size = INPUT_SIZE };
	output_init(&s->output);
	print_notice(s, GREETING);
	shell_draw(s);
}

bool shell_poll(struct shell *s)
{
	bool busy = take_input(s);

	polls[s->mode](s);
	output_drain(&s->output, s->tty, POLL_OUTPUT, s->mode != MODE_EDIT);
	busy |= ring_used(&s->input) || s->output.urgent;
	if (s->output.stopped)
		return busy;
	return busy || !output_idle(&s->output) || s->mode == MODE_DRAIN ||
	       (s->mode == MODE_RUN && !command_waits(s));
}
