// SPDX-License-Identifier: MIT
// protect and unprotect, seal and lockdown: what changes the policy.
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/tessera.h"
#include "tools/interrupt.h"
#include "tools/target.h"
#include "tools/rule.h"
#include "tools/run.h"
#include "tools/say.h"

#define DEFAULT_ACTION "deny"

// The rule that the options ask for.
static int choose(int fd, const struct options *o, struct rule_choice *choice)
{
	const char *action =
		o->of[OPTION_action].given ? o->of[OPTION_action].text : DEFAULT_ACTION;
	const char *name = o->of[OPTION_name].given ? o->of[OPTION_name].text : action;
	const char *fault = rule_name_fault(name);
	uint32_t number;

	if (fault) {
		say("%s", fault);
		return USAGE;
	}
	if (tessera_action_read(action, &number)) {
		say("`%s` is not an action: use audit, discard, deny or freeze", action);
		return USAGE;
	}
	return rule_choose(fd, name, number, choice);
}

static int guard_it(int fd, const struct options *o, struct tessera_guard *guard,
		    const struct rule_choice *choice)
{
	guard->rule = choice->rule.number;
	guard->flags = o->of[OPTION_for].given ? 0 : TESSERA_GUARD_KEEP;
	if (tessera_guard(fd, guard))
		return refused("protect");
	printf("guard %u: %" PRIu64 " bytes, %s\n", guard->number, (uint64_t)guard->length,
	       tessera_action_name(choice->rule.action));
	fflush(stdout);
	return DONE;
}

// The guard ends with us, however we end.
static int hold(int fd, const struct options *o, uint32_t guard)
{
	interrupt_catch();
	sleep((unsigned int)o->of[OPTION_for].number);
	return tessera_unguard(fd, guard) ? refused("protect") : DONE;
}

int run_protect(int fd, const struct options *o)
{
	const char *fault = target_error(o);
	struct tessera_guard guard;
	struct rule_choice choice;
	char why[WHY_SIZE];
	int status;

	if (fault) {
		say("protect: %s", fault);
		return USAGE;
	}
	if (!target_find(o, &guard, why)) {
		say("protect: %s", why);
		return REFUSED;
	}
	status = choose(fd, o, &choice);
	if (status != DONE)
		return status;
	status = guard_it(fd, o, &guard, &choice);
	if (status == DONE && !o->of[OPTION_for].given)
		return DONE;
	if (status == DONE)
		status = hold(fd, o, guard.number);
	rule_forget(fd, &choice);
	return status;
}

int run_unprotect(int fd, const struct options *o)
{
	uint32_t number;

	if (!guard_number(o, &number)) {
		say("unprotect needs the number of a guard: see `tesseractl list`");
		return USAGE;
	}
	return tessera_unguard(fd, number) ? refused("unprotect") : DONE;
}

int run_seal(int fd, const struct options *o)
{
	struct tessera_rule rule = { .number = TESSERA_WHOLE_POLICY };

	if (!!o->word == o->of[OPTION_all].given) {
		say("seal needs the name of a rule, or --all: see `tesseractl rules`");
		return USAGE;
	}
	if ((o->word && tessera_find_rule(fd, o->word, &rule)) || tessera_seal(fd, rule.number))
		return refused(o->word ? o->word : "seal");
	return DONE;
}

int run_lockdown(int fd, const struct options *o)
{
	(void)o;
	return tessera_lockdown(fd) ? refused("lockdown") : DONE;
}
