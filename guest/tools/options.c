// SPDX-License-Identifier: MIT
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool number_read(const char *text, uint64_t *value)
{
	static const char units[] = "KMG";
	unsigned int shift = 0;
	const char *unit;
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (end == text || errno || text[0] == '-')
		return false;
	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)(unit - units + 1);
		end++;
	}
	if (*end || *value > UINT64_MAX >> shift)
		return false;
	*value <<= shift;
	return true;
}

static bool number(const char *word, const char *text, uint64_t *value, bool *given)
{
	*given = number_read(text, value);
	if (!*given)
		fprintf(stderr, "tesseractl: `%s` is no number for %s\n", text, word);
	return *given;
}

static bool option(struct options *o, const char *word, const char *value)
{
	if (strcmp(word, "--symbol") == 0)
		o->symbol = value;
	else if (strcmp(word, "--module") == 0)
		o->module = value;
	else if (strcmp(word, "--action") == 0)
		o->action = value;
	else if (strcmp(word, "--name") == 0)
		o->name = value;
	else if (strcmp(word, "--phys") == 0)
		return number(word, value, &o->phys, &o->has_phys);
	else if (strcmp(word, "--len") == 0)
		return number(word, value, &o->length, &o->has_length);
	else if (strcmp(word, "--for") == 0)
		return number(word, value, &o->seconds, &o->has_seconds);
	else {
		fprintf(stderr, "tesseractl: there is no option %s\n", word);
		return false;
	}
	return true;
}

bool options_read(struct options *o, int argc, char **argv)
{
	*o = (struct options){ 0 };
	for (int i = 0; i < argc; i += 2) {
		if (i + 1 == argc) {
			fprintf(stderr, "tesseractl: %s wants a value\n", argv[i]);
			return false;
		}
		if (!option(o, argv[i], argv[i + 1]))
			return false;
	}
	return true;
}
