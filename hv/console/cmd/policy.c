// SPDX-License-Identifier: MIT
// Commands that show and change the policy. Changes go through the functions that the hypercalls
// use, so that operator and agent have the same possibilities and limits.
#include "hv/console/commands.h"
#include "hv/lib/format.h"
#include "hv/lib/number.h"
#include "hv/lib/string.h"

void command_regions(struct shell *s, u32 argc, const char **argv)
{
	struct policy *p = &console_vm()->policy;
	u32 index = (u32)shell_position(s);
	const struct region *r;

	(void)argc;
	(void)argv;
	lock_take(&p->lock);
	for (; shell_room(s) && (r = region_at(&p->regions, index)); index++) {
		const struct rule *rule = rule_get(&p->rules, r->rule);
		char name[TESSERA_NAME_SIZE];

		rule_name(p, r->rule, name);
		shell_print(s, "0x%012lx..0x%012lx %10lu bytes  %-7s %s\n", r->start, r->end,
			    r->end - r->start, rule ? action_name(rule->action) : "?", name);
	}
	if (index < p->regions.count)
		shell_again(s, index);
	else
		shell_print(s, "%u regions, %u pages with access maps\n", p->regions.count,
			    p->access.pages);
	lock_drop(&p->lock);
}

void command_rules(struct shell *s, u32 argc, const char **argv)
{
	struct policy *p = &console_vm()->policy;
	s32 number;

	(void)argc;
	(void)argv;
	if (shell_position(s) == 0)
		shell_print(s, "rule action  regions       writes      blocked  name\n");
	lock_take(&p->lock);
	number = rule_next(&p->rules, (u32)shell_position(s));
	while (number >= 0 && shell_room(s)) {
		const struct rule *r = rule_get(&p->rules, (u32)number);

		shell_print(s, "%4d %-7s %7u %12lu %12lu  %s%s%s\n", number, action_name(r->action),
			    r->regions, r->writes, r->blocked, r->name,
			    r->flags & TESSERA_RULE_SEALED ? " (sealed)" : "",
			    r->flags & TESSERA_RULE_BUILTIN ? " (built in)" : "");
		number = rule_next(&p->rules, (u32)number + 1);
	}
	lock_drop(&p->lock);
	if (number >= 0)
		shell_again(s, (u64)number);
}

// The rule with this name and action, or a new one. *made tells which.
static s32 find_or_make(u32 action, const char *name, bool *made)
{
	struct policy *p = &console_vm()->policy;
	const struct rule *r;
	s32 number;
	bool other_action;

	*made = false;
	lock_take(&p->lock);
	number = rule_find(&p->rules, name);
	r = number >= 0 ? rule_get(&p->rules, (u32)number) : NULL;
	other_action = r && r->action != action;
	lock_drop(&p->lock);
	if (other_action)
		return TESSERA_EXISTS;
	if (r)
		return number;
	*made = true;
	return vm_rule_create(console_vm(), action, name, 0, 0);
}

void command_protect(struct shell *s, u32 argc, const char **argv)
{
	u32 action = TESSERA_ACTION_DENY;
	bool made;
	u64 start;
	u64 length;
	s32 rule;
	int result;

	if (!shell_read_range(s, argv[0], &start, &length))
		return;
	if (argc > 1 && !action_read(argv[1], &action)) {
		shell_print(s, "`%s` is not an action: use audit, discard, deny or freeze\n",
			    argv[1]);
		shell_usage(s);
		return;
	}
	rule = find_or_make(action, argc > 2 ? argv[2] : action_name(action), &made);
	if (rule < 0) {
		shell_result(s, rule);
		return;
	}
	result = vm_protect(console_vm(), (u32)rule, start, length);
	if (result && made)
		vm_rule_delete(console_vm(), (u32)rule);
	shell_result(s, result);
	if (!result)
		shell_print(s, "protected 0x%lx..0x%lx, %s\n", start, start + length,
			    action_name(action));
}

bool complete_protect(u32 arg, u32 index, char *text, u32 size)
{
	static command_complete *const by_argument[] = { NULL, complete_action, complete_rule };

	return arg < ARRAY_SIZE(by_argument) && by_argument[arg] &&
	       by_argument[arg](arg, index, text, size);
}

// Selects regions to remove: those of one rule, or those with one range. A number below 0 or a
// length of 0 matches any.
struct selection {
	s32 rule;
	u64 start;
	u64 length;
};

static bool region_is_selected(const struct selection *what, const struct region *r)
{
	if (what->rule >= 0)
		return r->rule == (u32)what->rule;
	return r->start == what->start && (!what->length || r->end - r->start == what->length);
}

// Copies the first selected region that starts at or after `from`, under the policy lock.
static bool find_region(const struct selection *what, u64 from, struct region *found)
{
	struct policy *p = &console_vm()->policy;
	const struct region *r = NULL;
	u64 end = what->rule >= 0 ? UINT64_MAX : what->start + 1;

	lock_take(&p->lock);
	do
		r = region_next(&p->regions, from, end, r);
	while (r && !region_is_selected(what, r));
	if (r)
		*found = *r;
	lock_drop(&p->lock);
	return r != NULL;
}

// Regions removed in one run: each may wait for the policy lock and merge pages.
#define OPENED_A_RUN 16

// Removes up to OPENED_A_RUN selected regions. Adds to *opened; sets *done after the last one.
static int open_some(const struct selection *what, u64 *opened, bool *done)
{
	struct region r;
	int result = TESSERA_OK;

	for (u32 i = 0; i < OPENED_A_RUN && !result; i++) {
		*done = !find_region(what, what->start, &r);
		if (*done)
			break;
		result = vm_unprotect(console_vm(), r.rule, r.start, r.end - r.start);
		*opened += !result;
	}
	return result;
}

static bool select_what(struct shell *s, const char *text, struct selection *what)
{
	struct policy *p = &console_vm()->policy;

	*what = (struct selection){ .rule = -1 };
	if (number_parse_range(text, strlen(text), &what->start, &what->length))
		return true;
	lock_take(&p->lock);
	what->rule = rule_find(&p->rules, text);
	lock_drop(&p->lock);
	if (what->rule < 0)
		shell_print(s, "`%s` is neither a range nor a rule: see `regions` and `rules`\n",
			    text);
	return what->rule >= 0;
}

// Deletes a rule with its last region, unless it is built in.
static int drop_rule(u32 number)
{
	struct policy *p = &console_vm()->policy;
	const struct rule *r;
	bool builtin;

	lock_take(&p->lock);
	r = rule_get(&p->rules, number);
	builtin = !r || r->flags & TESSERA_RULE_BUILTIN;
	lock_drop(&p->lock);
	return builtin ? TESSERA_OK : vm_rule_delete(console_vm(), number);
}

void command_unprotect(struct shell *s, u32 argc, const char **argv)
{
	struct selection what;
	u64 opened = shell_position(s);
	bool done = false;
	int result;

	(void)argc;
	if (!select_what(s, argv[0], &what))
		return;
	result = open_some(&what, &opened, &done);
	if (!result && !done) {
		shell_again(s, opened);
		return;
	}
	if (!result && what.rule >= 0)
		result = drop_rule((u32)what.rule);
	else if (!result && !opened)
		result = TESSERA_NOT_FOUND;
	shell_result(s, result);
	if (!result || opened)
		shell_print(s, "%lu region%s opened\n", opened, opened == 1 ? "" : "s");
}

// Rules first, then the regions as ranges.
bool complete_unprotect(u32 arg, u32 index, char *text, u32 size)
{
	struct policy *p = &console_vm()->policy;
	const struct region *r;

	if (arg)
		return false;
	if (index < p->rules.count)
		return complete_rule(arg, index, text, size);
	lock_take(&p->lock);
	r = region_at(&p->regions, index - p->rules.count);
	if (r)
		format(text, size, "0x%lx+0x%lx", r->start, r->end - r->start);
	lock_drop(&p->lock);
	return r;
}
