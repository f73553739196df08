// SPDX-License-Identifier: MIT
// Where the kernel has a symbol, and how long it is: up to the next one of the same owner.
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "system.h"
#include "tessera.h"

// One line of /proc/kallsyms: address, kind, name and, for a module's symbol, "[module]".
struct symbol {
	uint64_t address;
	char name[512];
	char module[64];
};

static int parse(const char *line, struct symbol *s)
{
	s->module[0] = 0;
	return sscanf(line, "%" SCNx64 " %*c %511s [%63[^]]", &s->address, s->name, s->module) >= 2;
}

// The next symbol of that owner, "" being the kernel. 0 at the end of the list.
static int next(FILE *list, const char *owner, struct symbol *s)
{
	char line[1024];

	while (fgets(line, sizeof(line), list))
		if (parse(line, s) && strcmp(s->module, owner) == 0)
			return 1;
	return 0;
}

static int find(FILE *list, const char *name, const char *owner, uint64_t *address)
{
	struct symbol s;

	while (next(list, owner, &s)) {
		if (strcmp(s.name, name) == 0) {
			*address = s.address;
			return 1;
		}
	}
	return 0;
}

// The lowest address above `start` of any symbol of that owner, or `start`.
static uint64_t find_end(FILE *list, const char *owner, uint64_t start)
{
	uint64_t end = start;
	struct symbol s;

	while (next(list, owner, &s))
		if (s.address > start && (end == start || s.address < end))
			end = s.address;
	return end;
}

int tessera_symbol(const char *name, const char *module, struct tessera_range *range)
{
	const char *owner = module ? module : "";
	FILE *list = tessera_file("/proc/kallsyms", "r");
	int found;

	*range = (struct tessera_range){ 0 };
	if (!list)
		return -1;
	found = find(list, name, owner, &range->start);
	rewind(list);
	if (found && range->start)
		range->length = find_end(list, owner, range->start) - range->start;
	fclose(list);
	// Whoever may not see addresses sees zeros.
	errno = !found ? ENOENT : EPERM;
	return found && range->start ? 0 : -1;
}
