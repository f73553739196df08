// SPDX-License-Identifier: MIT
// Names of actions and rules, for output, arguments and completion.
#include "hv/console/commands.h"
#include "hv/lib/format.h"
#include "hv/lib/string.h"

#define ACTION_NAME(name, number, text, meaning) [number] = text,
static const char *const action_names[] = { TESSERA_ACTIONS(ACTION_NAME) };

static const char action_marks[] = {
	[TESSERA_ACTION_ALLOW] = '.', [TESSERA_ACTION_AUDIT] = 'o',  [TESSERA_ACTION_DISCARD] = '~',
	[TESSERA_ACTION_DENY] = '#',  [TESSERA_ACTION_FREEZE] = '!',
};

_Static_assert(ARRAY_SIZE(action_marks) == TESSERA_ACTION_COUNT, "every action has a mark");

const char *action_name(u32 action)
{
	return action < TESSERA_ACTION_COUNT ? action_names[action] : "?";
}

const char *event_verb(u32 action)
{
	static const char *const verbs[] = {
		[TESSERA_ACTION_AUDIT] = "audited",
		[TESSERA_ACTION_DISCARD] = "discarded",
		[TESSERA_ACTION_DENY] = "denied",
		[TESSERA_ACTION_FREEZE] = "frozen",
	};

	return action && action < ARRAY_SIZE(verbs) ? verbs[action] : "?";
}

char action_mark(u32 action)
{
	return action < TESSERA_ACTION_COUNT ? action_marks[action] : '?';
}

bool action_read(const char *text, u32 *action)
{
	for (u32 i = TESSERA_ACTION_AUDIT; i < TESSERA_ACTION_COUNT; i++) {
		if (strcmp(action_names[i], text) == 0) {
			*action = i;
			return true;
		}
	}
	return false;
}

bool complete_action(u32 arg, u32 index, char *text, u32 size)
{
	(void)arg;
	if (index >= TESSERA_ACTION_COUNT - TESSERA_ACTION_AUDIT)
		return false;
	format(text, size, "%s", action_names[TESSERA_ACTION_AUDIT + index]);
	return true;
}

void rule_name(const struct policy *p, u32 rule, char *name)
{
	const struct rule *r = rule_get(&p->rules, rule);

	format(name, TESSERA_NAME_SIZE, "%s", r ? r->name : "?");
}

bool complete_rule(u32 arg, u32 index, char *text, u32 size)
{
	struct policy *p = &console_vm()->policy;
	s32 number;

	(void)arg;
	lock_take(&p->lock);
	number = rule_next(&p->rules, 0);
	while (number >= 0 && index--)
		number = rule_next(&p->rules, (u32)number + 1);
	if (number >= 0)
		format(text, size, "%s", rule_get(&p->rules, (u32)number)->name);
	lock_drop(&p->lock);
	return number >= 0;
}
