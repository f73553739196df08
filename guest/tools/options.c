// SPDX-License-Identifier: MIT
#include "tools/options.h"

#include <stdio.h>
#include <string.h>

#include "hv/lib/number.h"
#include "lib/tessera.h"
#include "tools/rule_choice.h"
#include "tools/messages.h"

// By the parser of the loader and the console: they read the same numbers.
static bool read_whole_number(const char *text, uint64_t *value)
{
	u64 number = 0;
	bool good = number_parse(text, strlen(text), &number);

	*value = number;
	return good;
}

bool guard_number(const struct options *o, uint32_t *number)
{
	uint64_t value;

	if (!o->word || !read_whole_number(o->word, &value) || value > UINT32_MAX)
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

static bool read_number(struct value *v)
{
	return read_whole_number(v->text, &v->number);
}

static bool read_seconds(struct value *v)
{
	return read_whole_number(v->text, &v->number) && v->number <= INT32_MAX;
}

static bool read_action(struct value *v)
{
	uint32_t action = 0;
	int err = tessera_action_read(v->text, &action);

	v->number = action;
	return !err;
}

static bool read_rule_name(struct value *v)
{
	return rule_name_is_valid(v->text);
}

// How the value of an option is read, and what is said about a wrong one.
static const struct {
	bool (*read)(struct value *v);
	const char *error;
} kinds[] = {
	[KIND_FLAG] = { NULL, NULL },
	[KIND_TEXT] = { NULL, NULL },
	[KIND_NUMBER] = { read_number, "is not a number: use decimal, or hexadecimal after 0x, "
				       "with K, M or G behind it" },
	[KIND_SECONDS] = { read_seconds, "is not a time: give at most 2147483647 seconds" },
	[KIND_ACTION] = { read_action, ACTION_ERROR },
	[KIND_RULE] = { read_rule_name, RULE_NAME_ERROR },
};

bool option_set(struct options *o, enum option option, const char *name, const char *text,
		char why[WHY_SIZE])
{
	enum kind kind = option_rows[option].kind;
	struct value v = { .given = true, .text = text };

	if (o->of[option].given) {
		snprintf(why, WHY_SIZE, "%s is given twice: give it once", name);
	} else if (kind != KIND_FLAG && (!text || !*text)) {
		snprintf(why, WHY_SIZE, "%s needs a value", name);
	} else if (kinds[kind].read && !kinds[kind].read(&v)) {
		snprintf(why, WHY_SIZE, "%s: `%s` %s", name, text, kinds[kind].error);
	} else {
		o->of[option] = v;
		return true;
	}
	return false;
}

// Reads the option at argv[*i], and its value behind it.
static bool read_option(struct options *o, const struct command_row *command, int argc, char **argv,
			int *i)
{
	enum option option = option_find(argv[*i] + 2);
	char why[WHY_SIZE];
	bool flag;

	if (option == OPTION_COUNT || !command_takes(command, option)) {
		report_error("%s does not take %s: see `tesseractl help %s`", command->name,
			     argv[*i], command->name);
		return false;
	}
	flag = option_rows[option].kind == KIND_FLAG;
	if (option_set(o, option, argv[*i], flag || *i + 1 == argc ? NULL : argv[*i + 1], why)) {
		*i += !flag;
		return true;
	}
	report_error("%s: %s", command->name, why);
	return false;
}

bool options_read(struct options *o, enum command command, int argc, char **argv)
{
	const struct command_row *row = &command_rows[command];

	*o = (struct options){ 0 };
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			o->help = true;
		} else if (strncmp(argv[i], "--", 2) == 0) {
			if (!read_option(o, row, argc, argv, &i))
				return false;
		} else if (o->word || !command_words(row)) {
			report_error("%s does not take the word `%s`: see `tesseractl help %s`",
				     row->name, argv[i], row->name);
			return false;
		} else {
			o->word = argv[i];
		}
	}
	return true;
}
