// SPDX-License-Identifier: MIT
#include "tools/json.h"

#include <inttypes.h>

struct json json_begin(FILE *to)
{
	fputc('{', to);
	return (struct json){ .to = to };
}

// Writes a string as RFC 8259 wants it. Bytes beyond ASCII, which a rule's name may contain, are
// taken as Latin-1, so that the line is valid whatever they are.
static void write_quoted(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(to, "\\u%04x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

static void begin_member(struct json *j, const char *name)
{
	if (j->more)
		fputs(", ", j->to);
	j->more = true;
	write_quoted(j->to, name);
	fputs(": ", j->to);
}

void json_text(struct json *j, const char *name, const char *text)
{
	begin_member(j, name);
	write_quoted(j->to, text);
}

void json_number(struct json *j, const char *name, uint64_t number)
{
	begin_member(j, name);
	fprintf(j->to, "%" PRIu64, number);
}

void json_address(struct json *j, const char *name, uint64_t address)
{
	begin_member(j, name);
	fprintf(j->to, "\"0x%" PRIx64 "\"", address);
}

void json_bool(struct json *j, const char *name, bool value)
{
	begin_member(j, name);
	fputs(value ? "true" : "false", j->to);
}

void json_end(struct json *j)
{
	fputs("}\n", j->to);
}
