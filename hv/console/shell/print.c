// SPDX-License-Identifier: MIT
// Functions for commands: output, arguments, and continuing in a later poll.
#include "hv/console/shell/state.h"
#include "hv/lib/format.h"
#include "hv/lib/number.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tessera/hypercall.h"

#define ERROR_TEXT(name, number, text) { number, text },
static const struct {
	s32 number;
	const char *text;
} errors[] = { TESSERA_ERRORS(ERROR_TEXT) };

void shell_print(struct shell *s, const char *format, ...)
{
	char text[SHELL_PRINT_MAX + 1];
	va_list list;

	va_start(list, format);
	format_list(text, sizeof(text), format, list);
	va_end(list);
	output_text(&s->output, text);
}

bool shell_room(const struct shell *s)
{
	return ring_room(&s->output.ring) > 2 * SHELL_ROOM;
}

void shell_again(struct shell *s, u64 position)
{
	s->call.again = true;
	s->call.position = position;
}

void shell_again_later(struct shell *s, u64 position, u64 ticks)
{
	shell_again(s, position);
	s->call.since = rdtsc();
	s->call.pause = ticks;
}

bool shell_key(struct shell *s)
{
	return ring_get(&s->input) >= 0;
}

u64 shell_position(const struct shell *s)
{
	return s->call.position;
}

void shell_usage(struct shell *s)
{
	const struct command *c = s->call.command;

	shell_print(s, "usage: %s%s%s\n", c->name, c->args[0] ? " " : "", c->args);
	shell_print(s, "   as: %s\n", c->example);
}

void shell_result(struct shell *s, s64 result)
{
	for (u32 i = 0; i < ARRAY_SIZE(errors); i++) {
		if (errors[i].number == result && result != TESSERA_OK)
			shell_print(s, "%s\n", errors[i].text);
	}
}

bool shell_read_number(struct shell *s, const char *text, u64 *value)
{
	if (number_parse(text, strlen(text), value))
		return true;
	shell_print(s, "`%s` is not a number: use 31, 0x1f, 4K, 2M or 1G\n", text);
	shell_usage(s);
	return false;
}

bool shell_read_range(struct shell *s, const char *text, u64 *start, u64 *length)
{
	*length = 0;
	if (number_parse_range(text, strlen(text), start, length) && *length)
		return true;
	shell_print(s, "`%s` is not a range: use 0x1000+128 or 0x1000..0x1080 (end exclusive)\n",
		    text);
	shell_usage(s);
	return false;
}
