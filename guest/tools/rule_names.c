// SPDX-License-Identifier: MIT
#include "tools/rule_names.h"

#include <stdlib.h>

#include "lib/tessera.h"

struct known_rule {
	uint32_t number;
	char name[TESSERA_NAME_SIZE]; // "" for a rule that does not exist
};

static struct known_rule *known;
static size_t known_count;

static const struct known_rule *find_known(uint32_t number)
{
	for (size_t i = 0; i < known_count; i++)
		if (known[i].number == number)
			return &known[i];
	return NULL;
}

void rule_name_printable(const char from[TESSERA_NAME_SIZE], char to[TESSERA_NAME_SIZE])
{
	size_t i = 0;

	for (; i + 1 < TESSERA_NAME_SIZE && from[i]; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	to[i] = 0;
}

const char *rule_name(int fd, uint32_t number)
{
	const struct known_rule *there = find_known(number);
	struct known_rule *grown;
	struct tessera_rule rule;

	if (there)
		return there->name;
	grown = realloc(known, (known_count + 1) * sizeof(*known));
	if (!grown)
		return "";
	known = grown;
	known[known_count] = (struct known_rule){ .number = number };
	if (tessera_get_rule(fd, number, &rule) >= 0)
		rule_name_printable(rule.name, known[known_count].name);
	return known[known_count++].name;
}

void rule_names_free(void)
{
	free(known);
	known = NULL;
	known_count = 0;
}
