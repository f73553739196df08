// SPDX-License-Identifier: MIT
#include "tools/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/say.h"

bool number_read(const char *text, uint64_t *value)
{
	static const char units[] = "KMG";
	unsigned int shift = 0;
	const char *unit;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno)
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

bool guard_number(const struct options *o, uint32_t *number)
{
	uint64_t value;

	if (!o->word || !number_read(o->word, &value) || value > UINT32_MAX)
		return false;
	*number = (uint32_t)value;
	return true;
}

enum option option_find(const char *name)
{
	unsigned int o = 0;

	while (o < OPTION_COUNT && strcmp(option_rows[o].name, name) != 0)
		o++;
	return o;
}

bool option_set(struct options *o, enum option option, const char *text, const char **why)
{
	struct value *v = &o->of[option];

	*why = NULL;
	if (v->given)
		*why = "is given twice: give it once";
	else if (option_rows[option].kind != KIND_FLAG && !text)
		*why = "needs a value";
	else if (option_rows[option].kind != KIND_FLAG && !*text)
		*why = "has an empty value";
	else if (option_rows[option].kind == KIND_NUMBER && !number_read(text, &v->number))
		*why = "needs a number: decimal, or hexadecimal after 0x, with K, M or G behind it";
	if (*why)
		return false;
	v->given = true;
	v->text = text;
	return true;
}

// Reads the option at argv[*i], and its value behind it.
static bool read_option(struct options *o, const struct command_row *command, int argc, char **argv,
			int *i)
{
	const char *name = argv[*i], *why;
	enum option option = option_find(name + 2);
	bool flag;

	if (option == OPTION_COUNT || !command_takes(command, option)) {
		say("%s does not take %s: see `tesseractl help %s`", command->name, name,
		    command->name);
		return false;
	}
	flag = option_rows[option].kind == KIND_FLAG;
	if (option_set(o, option, flag || *i + 1 == argc ? NULL : argv[*i + 1], &why)) {
		*i += !flag;
		return true;
	}
	say("%s %s", name, why);
	return false;
}

bool options_read(struct options *o, enum command command, int argc, char **argv)
{
	const struct command_row *row = &command_rows[command];

	*o = (struct options){ 0 };
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], "--", 2) == 0) {
			if (!read_option(o, row, argc, argv, &i))
				return false;
		} else if (o->word || !command_words(row)) {
			say("%s does not take the word `%s`: see `tesseractl help %s`", row->name,
			    argv[i], row->name);
			return false;
		} else {
			o->word = argv[i];
		}
	}
	return true;
}
