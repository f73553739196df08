// SPDX-License-Identifier: MIT
// The command drill: a failure on a CPU that the operator chooses.
#include "hv/console/commands.h"
#include "hv/core/drill.h"
#include "hv/core/shootdown.h"
#include "hv/core/work.h"
#include "hv/lib/string.h"

#define SURE                   "really"
#define NOWHERE                ((const char *)8) // not mapped in root mode

#define DRILL_WORD(name, text) text " "
static const char kinds[] = DRILLS(DRILL_WORD);

void command_drill(struct shell *s, u32 argc, const char **argv)
{
	s32 kind = shell_word_index(kinds, argv[0]);
	struct cpu *c;

	if (kind < 0) {
		shell_usage(s);
		return;
	}
	c = read_cpu(s, argv[1]);
	if (!c)
		return;
	if (argc < 3 || strcmp(argv[2], SURE) != 0) {
		shell_print(s, "this stops cpu %u until reset: add `" SURE "` to confirm\n",
			    c->number);
		return;
	}
	c->drill = 1 + (u32)kind;
	work_add(c, WORK_DRILL);
	if (c != console_cpu())
		cpu_kick(c);
}

bool complete_drill(u32 arg, u32 index, char *text, u32 size)
{
	return arg == 0 && shell_word(kinds, index, text, size);
}
