// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // strcasestr
#include "tools/bootentry.h"

#include <stdio.h>
#include <string.h>

#include "tools/program.h"
#include "tools/messages.h"

#define PROGRAM     "efibootmgr"
#define OUTPUT_SIZE 65536

static char output[OUTPUT_SIZE];

static bool is_hex(const char *text)
{
	return strspn(text, "0123456789ABCDEFabcdef") >= BOOT_NUMBER_SIZE - 1;
}

bool bootentry_find(char number[BOOT_NUMBER_SIZE])
{
	const char *const words[] = { PROGRAM, "--verbose", NULL };
	char *rest, *line;

	number[0] = 0;
	if (!program_run(words, output, sizeof(output)))
		return false;
	for (line = strtok_r(output, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "Boot", 4) == 0 && is_hex(line + 4) &&
		    strcasestr(line, BOOT_LOADER)) {
			memcpy(number, line + 4, BOOT_NUMBER_SIZE - 1);
			number[BOOT_NUMBER_SIZE - 1] = 0;
			return true;
		}
	}
	return true;
}

bool bootentry_make(const struct esp *esp, char number[BOOT_NUMBER_SIZE])
{
	const char *const words[] = { PROGRAM,    "--create",  "--disk",  esp->disk,
				      "--part",   esp->part,   "--label", BOOT_LABEL,
				      "--loader", BOOT_LOADER, NULL };

	if (!program_run(words, output, sizeof(output)) || !bootentry_find(number))
		return false;
	if (!*number)
		report_error(PROGRAM
			     " created no boot entry: the firmware may have no room; delete others "
			     "with " PROGRAM " --delete-bootnum");
	return *number;
}

bool bootentry_delete(const char *number)
{
	const char *const words[] = { PROGRAM, "--bootnum", number, "--delete-bootnum", NULL };

	return program_run(words, output, sizeof(output));
}
