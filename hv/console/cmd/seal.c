// SPDX-License-Identifier: MIT
// Seals rules, and removes seals if the configuration allows that to the operator.
#include "hv/console/commands.h"
#include "hv/lib/string.h"

#define ALL "all"

// Reads the name of a rule, -1 for all rules. If there is no such rule, prints that and returns
// false.
static bool read_rule(struct shell *s, const char *name, s32 *rule)
{
	struct policy *p = &console_vm()->policy;

	*rule = -1;
	if (strcmp(name, ALL) == 0)
		return true;
	lock_take(&p->lock);
	*rule = rule_find(&p->rules, name);
	lock_drop(&p->lock);
	if (*rule < 0)
		shell_print(s, "there is no rule `%s`: see `rules`\n", name);
	return *rule >= 0;
}

void command_seal(struct shell *s, u32 argc, const char **argv)
{
	s32 rule;

	(void)argc;
	if (read_rule(s, argv[0], &rule))
		shell_result(s, vm_seal(console_vm(), rule));
}

void command_unseal(struct shell *s, u32 argc, const char **argv)
{
	s32 rule;
	int error;

	(void)argc;
	if (!read_rule(s, argv[0], &rule))
		return;
	error = vm_unseal(console_vm(), rule);
	if (error == TESSERA_DENIED)
		shell_print(s, "what is sealed stays so until reset: only `unseal = console` in "
			       "tessera.conf,\nread at the start, lets the console remove it\n");
	else
		shell_result(s, error);
}

bool complete_seal(u32 arg, u32 index, char *text, u32 size)
{
	if (arg || index)
		return arg == 0 && complete_rule(arg, index - 1, text, size);
	return shell_word(ALL, index, text, size);
}
