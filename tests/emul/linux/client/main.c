// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

static const struct command *const tables[] = { calls_commands,  events_commands, extents_commands,
						guards_commands, power_commands,  times_commands };

void give_up(const char *file, int line, const char *fact)
{
	printf("client: %s:%d: not so: %s (%s)\n", file, line, fact, strerror(errno));
	exit(1);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct command *c = tables[i]; c->name; c++)
			if (strcmp(c->name, name) == 0)
				return c;
	return NULL;
}

static int usage(void)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct command *c = tables[i]; c->name; c++)
			printf("client %s %s\n", c->name, c->arguments);
	return 2;
}

int main(int argc, char **argv)
{
	const struct command *c = argc > 1 ? find(argv[1]) : NULL;

	if (!c)
		return usage();
	setvbuf(stdout, NULL, _IOLBF, 0);
	c->run(argv + 2);
	return 0;
}
