// SPDX-License-Identifier: MIT
#include "boot/config/config.h"
#include "boot/config/config_values.h"
#include "hv/lib/format.h"
#include "hv/lib/string.h"

static const struct config_key *find_key(struct slice name)
{
	for (u32 i = 0; i < config_key_count; i++)
		if (slice_equal(name, slice_of(config_keys[i].name)))
			return &config_keys[i];
	return NULL;
}

static void report_config_error(struct config_report *report, u32 line, enum config_error error,
				const struct config_key *key, struct slice text)
{
	struct config_problem *problem;

	if (report->count++ >= CONFIG_KEPT)
		return;
	problem = &report->kept[report->count - 1];
	*problem = (struct config_problem){ .line = line, .error = error, .key = key };
	slice_copy(problem->word, sizeof(problem->word), text);
	for (char *c = problem->word; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
}

// A comment starts at a # that begins the line or follows a blank, so that a path may contain one.
static struct slice without_comment(struct slice line)
{
	for (size_t i = 0; i < line.size; i++)
		if (line.at[i] == '#' && (i == 0 || (u8)line.at[i - 1] <= ' '))
			return (struct slice){ line.at, i };
	return line;
}

static void parse_line(struct config *config, struct slice line, u32 number, bool trusted,
		       struct config_report *report)
{
	const struct config before = *config;
	struct slice text = slice_trim(without_comment(line));
	struct slice value = text;
	struct slice name = slice_trim(slice_cut(&value, '='));
	const struct config_key *key = find_key(name);

	if (!text.size)
		return;
	if (!value.at)
		report_config_error(report, number, CONFIG_NO_EQUALS, NULL, text);
	else if (!key)
		report_config_error(report, number, CONFIG_UNKNOWN_KEY, NULL, name);
	else if (!key->parse(key, slice_trim(value), config))
		report_config_error(report, number, CONFIG_BAD_VALUE, key, name);
	else if (!trusted && key->weakens && key->weakens(key, config)) {
		*config = before;
		report_config_error(report, number, CONFIG_NOT_TRUSTED, key, name);
	}
}

void config_default(struct config *config)
{
	memset(config, 0, sizeof(*config));
	for (u32 i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];

		if (*key->fallback)
			key->parse(key, slice_of(key->fallback), config);
	}
}

// Some editors start a file in UTF-8 with a byte order mark.
static struct slice without_mark(struct slice text)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };

	if (text.size >= sizeof(mark) && memcmp(text.at, mark, sizeof(mark)) == 0)
		return (struct slice){ text.at + sizeof(mark), text.size - sizeof(mark) };
	return text;
}

void config_parse(struct config *config, struct slice text, bool trusted,
		  struct config_report *report)
{
	memset(report, 0, sizeof(*report));
	text = without_mark(text);
	for (u32 number = 1; text.at; number++)
		parse_line(config, slice_cut(&text, '\n'), number, trusted, report);
}

void config_explain(const struct config_problem *problem, char *to, u32 size)
{
#define CONFIG_ERROR_TEXT(name, text) text,
	static const char *const texts[] = { CONFIG_ERRORS(CONFIG_ERROR_TEXT) };

	const struct config_key *key = problem->key;
	const char *values = !key                                   ? ""
			     : problem->error == CONFIG_NOT_TRUSTED ? key->weaker
								    : key->takes;

	format(to, size, "line %u: \"%s\" %s%s%s", problem->line, problem->word,
	       texts[problem->error], key ? " " : "", values);
}
