// SPDX-License-Identifier: MIT
#include "tests/bench/agent/out.h"

#include "hv/lib/format.h"
#include "hv/x86/io.h"

#define PORT      0xe9
#define LINE_SIZE 160

static void put(const char *text)
{
	for (; *text; text++)
		outb(PORT, (u8)*text);
}

void out(const char *text, ...)
{
	char line[LINE_SIZE];
	va_list list;

	va_start(list, text);
	format_list(line, sizeof(line), text, list);
	va_end(list);
	put("bench: ");
	put(line);
	put("\n");
}
