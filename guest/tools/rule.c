// SPDX-License-Identifier: MIT
#include "tools/rule.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"
#include "tools/say.h"

const char *rule_name_fault(const char *name)
{
	if (strlen(name) >= TESSERA_NAME_SIZE)
		return "a rule's name can have at most 23 characters";
	for (; *name; name++)
		if (*name <= ' ' || *name > '~')
			return "a rule's name must consist of printable ASCII without blanks";
	return NULL;
}

_Static_assert(TESSERA_NAME_SIZE == 24, "what rule_name_fault() says");

int rule_choose(int fd, const char *name, uint32_t action, struct rule_choice *choice)
{
	*choice = (struct rule_choice){ 0 };
	if (tessera_find_rule(fd, name, &choice->rule) == 0) {
		if (choice->rule.action == action)
			return DONE;
		say("the rule %s has another action: use %s, or another rule name", name,
		    tessera_action_name(choice->rule.action));
		return REFUSED;
	}
	if (errno != ENOENT)
		return refused(name);
	choice->rule = (struct tessera_rule){ .action = action };
	snprintf(choice->rule.name, sizeof(choice->rule.name), "%s", name);
	if (tessera_create_rule(fd, &choice->rule))
		return refused(name);
	choice->made = true;
	return DONE;
}

void rule_forget(int fd, const struct rule_choice *choice)
{
	if (choice->made)
		tessera_delete_rule(fd, choice->rule.number);
}
