// SPDX-License-Identifier: MIT
// Names for people: actions of rules, symbols of the kernel.
#include "tessera.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ACTION_NAME(name, number, text, meaning) [number] = text,
static const char *const actions[] = { TESSERA_ACTIONS(ACTION_NAME) };

const char *tessera_action_name(uint32_t action)
{
	return action < TESSERA_ACTION_COUNT ? actions[action] : "?";
}

int tessera_action_read(const char *text, uint32_t *action)
{
	for (uint32_t i = TESSERA_ACTION_AUDIT; i < TESSERA_ACTION_COUNT; i++) {
		if (strcmp(actions[i], text) == 0) {
			*action = i;
			return 0;
		}
	}
	errno = EINVAL;
	return -1;
}

// One line of /proc/kallsyms: address, kind, name and, for a module's symbol, "[module]".
struct symbol {
	uint64_t address;
	char name[512];
	char module[64];
};

static int is_it(const struct symbol *s, const char *name, const char *module)
{
	return strcmp(s->name, name) == 0 && strcmp(s->module, module ? module : "") == 0;
}

static int parse(const char *line, struct symbol *s)
{
	s->module[0] = 0;
	return sscanf(line, "%" SCNx64 " %*c %511s [%63[^]]", &s->address, s->name, s->module) >= 2;
}

int tessera_symbol(const char *name, const char *module, uint64_t *address)
{
	FILE *list = fopen("/proc/kallsyms", "r");
	struct symbol s = { 0 };
	char line[1024];
	int found = 0;

	if (!list)
		return -1;
	while (!found && fgets(line, sizeof(line), list))
		found = parse(line, &s) && is_it(&s, name, module);
	fclose(list);
	*address = s.address;
	// Whoever may not see addresses sees zeros.
	errno = !found ? ENOENT : EPERM;
	return found && s.address ? 0 : -1;
}
