// SPDX-License-Identifier: MIT
#include "tools/rule_choice.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"
#include "tools/messages.h"

_Static_assert(TESSERA_NAME_SIZE == 24, "the number in RULE_NAME_ERROR");

bool rule_name_is_valid(const char *name)
{
	size_t length = 0;

	while (name[length] > ' ' && name[length] <= '~')
		length++;
	return length && !name[length] && length < TESSERA_NAME_SIZE;
}

int rule_find_or_create(int fd, const char *name, uint32_t action, struct rule_choice *choice)
{
	*choice = (struct rule_choice){ 0 };
	if (tessera_find_rule(fd, name, &choice->rule) == 0) {
		if (choice->rule.action == action)
			return DONE;
		report_error("the rule %s has another action: use %s, or another rule name", name,
			     tessera_action_name(choice->rule.action));
		return REFUSED;
	}
	if (errno != ENOENT)
		return report_refusal(name);
	choice->rule = (struct tessera_rule){ .action = action };
	snprintf(choice->rule.name, sizeof(choice->rule.name), "%s", name);
	if (tessera_create_rule(fd, &choice->rule))
		return report_refusal(name);
	choice->created = true;
	return DONE;
}

void rule_undo(int fd, const struct rule_choice *choice)
{
	if (choice->created)
		tessera_delete_rule(fd, choice->rule.number);
}
