// SPDX-License-Identifier: MIT
// protect, unprotect, seal and lockdown: the commands that change the policy.
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/tessera.h"
#include "tools/interrupt.h"
#include "tools/target.h"
#include "tools/rule_choice.h"
#include "tools/run.h"
#include "tools/messages.h"

#define DEFAULT_ACTION TESSERA_ACTION_DENY

// Finds or creates the rule that the options name.
static int choose_rule(int fd, const struct options *o, struct rule_choice *choice)
{
	uint32_t action =
		o->of[OPTION_action].given ? (uint32_t)o->of[OPTION_action].number : DEFAULT_ACTION;
	const char *name =
		o->of[OPTION_name].given ? o->of[OPTION_name].text : tessera_action_name(action);

	return rule_find_or_create(fd, name, action, choice);
}

static int make_guard(int fd, const struct options *o, struct tessera_guard *guard,
		      const struct rule_choice *choice)
{
	guard->rule = choice->rule.number;
	guard->flags = o->of[OPTION_for].given ? 0 : TESSERA_GUARD_KEEP;
	if (tessera_guard(fd, guard))
		return report_refusal("protect");
	printf("guard %u: %" PRIu64 " bytes, %s\n", guard->number, (uint64_t)guard->length,
	       tessera_action_name(choice->rule.action));
	fflush(stdout);
	return DONE;
}

// Waits for the time that --for gives or for a signal. If the tool is killed, the driver ends the
// guard when it closes the file.
static int hold_guard(int fd, const struct options *o, uint32_t guard)
{
	interrupt_catch();
	sleep((unsigned int)o->of[OPTION_for].number);
	return tessera_unguard(fd, guard) ? report_refusal("protect") : DONE;
}

int run_protect(int fd, const struct options *o)
{
	struct tessera_guard guard;
	struct rule_choice choice;
	char why[WHY_SIZE];
	int status;

	if (!target_find(o, &guard, why)) {
		report_error("protect: %s", why);
		return REFUSED;
	}
	status = choose_rule(fd, o, &choice);
	if (status != DONE)
		return status;
	status = make_guard(fd, o, &guard, &choice);
	if (status == DONE && !o->of[OPTION_for].given)
		return DONE;
	if (status == DONE)
		status = hold_guard(fd, o, guard.number);
	rule_undo(fd, &choice);
	return status;
}

int run_unprotect(int fd, const struct options *o)
{
	uint32_t number = 0;

	guard_number(o, &number);
	return tessera_unguard(fd, number) ? report_refusal("unprotect") : DONE;
}

int run_seal(int fd, const struct options *o)
{
	struct tessera_rule rule = { .number = TESSERA_WHOLE_POLICY };

	if ((o->word && tessera_find_rule(fd, o->word, &rule)) || tessera_seal(fd, rule.number))
		return report_refusal(o->word ? o->word : "seal");
	return DONE;
}

int run_lockdown(int fd, const struct options *o)
{
	(void)o;
	return tessera_lockdown(fd) ? report_refusal("lockdown") : DONE;
}
