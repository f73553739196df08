// SPDX-License-Identifier: MIT
#include "tools/kernel_symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define KERNEL_HALF (1ULL << 63)
#define MAX_AGE     60 // seconds: modules come and go while `events --follow` runs

static struct tessera_symbols *symbols;
static bool tried; // to read them, which may have failed
static time_t read_at;

static time_t now_in_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

const struct tessera_symbols *kernel_symbols(void)
{
	if (!symbols && !tried) {
		symbols = tessera_symbols_read();
		read_at = now_in_seconds();
		tried = true;
	}
	return symbols;
}

bool kernel_symbol_text(uint64_t address, char text[SYMBOL_TEXT_SIZE])
{
	struct tessera_symbol_name found;
	char offset[24] = "";

	text[0] = 0;
	if (address < KERNEL_HALF)
		return false;
	if (tried && now_in_seconds() - read_at > MAX_AGE)
		kernel_symbols_free();
	if (!kernel_symbols() || tessera_symbol_at(symbols, address, &found))
		return false;
	if (found.offset)
		snprintf(offset, sizeof(offset), "+0x%" PRIx64, found.offset);
	snprintf(text, SYMBOL_TEXT_SIZE, "%s%s%s%s%s", found.name, offset,
		 *found.module ? " [" : "", found.module, *found.module ? "]" : "");
	return true;
}

void kernel_symbols_free(void)
{
	tessera_symbols_free(symbols);
	symbols = NULL;
	tried = false;
}
