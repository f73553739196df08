// SPDX-License-Identifier: MIT
// apply: brings a policy file into force. Everything is checked before anything is changed, and
// when a change fails, the earlier changes of this run are undone.
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/system.h"
#include "lib/tessera.h"
#include "tools/file.h"
#include "tools/target.h"
#include "tools/policy_file.h"
#include "tools/rule_choice.h"
#include "tools/run.h"
#include "tools/messages.h"

#define DEFAULT_FILE "/etc/tessera/policy.conf"

struct application {
	int fd;
	const char *file;
	struct policy policy;
	unsigned int faults;
	struct rule_choice *rules;    // one a rule of the file
	struct tessera_guard *guards; // one for each region; number 0: not made by this run
	unsigned int changes;
};

static void report_line_error(void *context, unsigned int line, const char *what)
{
	struct application *a = context;

	a->faults++;
	report_error("%s:%u: %s", a->file, line, what);
}

__attribute__((format(printf, 3, 4))) static void
add_error(struct application *a, unsigned int line, const char *format, ...)
{
	char what[WHY_SIZE];
	va_list list;

	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	report_line_error(a, line, what);
}

// Looks up every target and every rule, and changes nothing.
static void look_up_all(struct application *a)
{
	char why[WHY_SIZE];

	for (size_t i = 0; i < a->policy.region_count; i++)
		if (!target_find(&a->policy.regions[i].place, &a->guards[i], why))
			add_error(a, a->policy.regions[i].line, "%s", why);
	for (size_t i = 0; i < a->policy.rule_count; i++) {
		const struct policy_rule *wanted = &a->policy.rules[i];
		struct tessera_rule there;

		if (tessera_find_rule(a->fd, wanted->name, &there)) {
			if (errno != ENOENT)
				add_error(a, wanted->line, "%s: %s", wanted->name,
					  tessera_explain(errno));
		} else if (there.action != wanted->action) {
			add_error(a, wanted->line,
				  "the rule %s exists with another action: use %s, or another rule "
				  "name",
				  wanted->name, tessera_action_name(there.action));
		}
	}
}

// True if a kept guard with the same rule and memory is in force. One that was opened is removed,
// so that the memory can be protected again.
static bool guard_is_in_force(int fd, const struct tessera_guard *wanted)
{
	struct tessera_guard g = { .number = 1 };

	for (; tessera_next_guard(fd, &g) == 0; g.number++) {
		if (g.rule != wanted->rule || g.space != wanted->space ||
		    g.start != wanted->start || g.length != wanted->length ||
		    !(g.flags & TESSERA_GUARD_KEEP))
			continue;
		if (!(g.flags & TESSERA_GUARD_OPENED))
			return true;
		tessera_unguard(fd,
				g.number); // if it fails, making the new guard fails and says why
	}
	return false;
}

static bool guard_region(struct application *a, size_t i)
{
	const struct policy_region *region = &a->policy.regions[i];
	struct tessera_guard *guard = &a->guards[i];

	guard->rule = a->rules[region->rule].rule.number;
	guard->flags = TESSERA_GUARD_KEEP;
	if (guard_is_in_force(a->fd, guard))
		return true;
	if (tessera_guard(a->fd, guard)) {
		add_error(a, region->line, "%s", tessera_explain(errno));
		return false;
	}
	a->changes++;
	return true;
}

static bool make_rules_and_guards(struct application *a)
{
	for (size_t i = 0; i < a->policy.rule_count; i++) {
		const struct policy_rule *wanted = &a->policy.rules[i];

		if (rule_find_or_create(a->fd, wanted->name, wanted->action, &a->rules[i]) !=
		    DONE) {
			add_error(a, wanted->line, "the rule cannot be created");
			return false;
		}
		a->changes += a->rules[i].created;
	}
	for (size_t i = 0; i < a->policy.region_count; i++)
		if (!guard_region(a, i))
			return false;
	return true;
}

static void undo_changes(struct application *a)
{
	for (size_t i = a->policy.region_count; i--;)
		if (a->guards[i].number)
			tessera_unguard(a->fd, a->guards[i].number);
	for (size_t i = a->policy.rule_count; i--;)
		rule_undo(a->fd, &a->rules[i]);
}

static void seal_one(struct application *a, unsigned int line, const struct tessera_rule *rule)
{
	if (rule && rule->flags & TESSERA_RULE_SEALED)
		return;
	if (tessera_seal(a->fd, rule ? rule->number : TESSERA_WHOLE_POLICY))
		add_error(a, line, "cannot seal: %s", tessera_explain(errno));
	else
		a->changes++;
}

static void seal_all(struct application *a)
{
	for (size_t i = 0; i < a->policy.rule_count; i++)
		if (a->policy.rules[i].sealed)
			seal_one(a, a->policy.rules[i].sealed, &a->rules[i].rule);
	if (a->policy.sealed)
		seal_one(a, a->policy.sealed, NULL);
}

static int apply_policy(struct application *a)
{
	if (!make_rules_and_guards(a)) {
		undo_changes(a);
		report_error("%s: all changes were undone", a->file);
		return REFUSED;
	}
	seal_all(a);
	printf("%s: %zu regions under %zu rules are in force; %u changes\n", a->file,
	       a->policy.region_count, a->policy.rule_count, a->changes);
	return a->faults ? REFUSED : DONE;
}

// Without the driver, --check checks the syntax only.
static int check_and_apply(struct application *a, bool only_check)
{
	a->fd = tessera_open();
	if (a->fd < 0 && !only_check) {
		report_error(
			"cannot open %s: %s; be root, and load the driver with `modprobe tessera`",
			TESSERA_DEVICE, strerror(errno));
		return NO_DEVICE;
	}
	if (a->fd < 0)
		report_error("%s: the driver is not loaded: only the syntax was checked", a->file);
	else
		look_up_all(a);
	if (a->faults)
		return BAD_POLICY;
	if (!only_check)
		return apply_policy(a);
	printf("%s: %zu rules, %zu regions: no errors found\n", a->file, a->policy.rule_count,
	       a->policy.region_count);
	return DONE;
}

static int read_and_apply(struct application *a, const char *text, size_t size, bool only_check)
{
	int status = BAD_POLICY;

	if (policy_read(&a->policy, text, size, report_line_error, a)) {
		a->rules = calloc(a->policy.rule_count + 1, sizeof(*a->rules));
		a->guards = calloc(a->policy.region_count + 1, sizeof(*a->guards));
		status = a->rules && a->guards ? check_and_apply(a, only_check)
					       : report_failure(a->file);
		if (a->fd >= 0)
			tessera_close(a->fd);
	}
	if (status == BAD_POLICY)
		report_error("%s: %u errors; nothing was changed", a->file, a->faults);
	free(a->rules);
	free(a->guards);
	policy_free(&a->policy);
	return status;
}

int run_apply(int fd, const struct options *o)
{
	struct tessera_path path = tessera_path(DEFAULT_FILE);
	struct application a = { .fd = fd, .file = o->word ? o->word : path.text };
	size_t size;
	char *text = file_read(a.file, &size);
	int status;

	if (!text)
		return report_failure(a.file);
	status = read_and_apply(&a, text, size, o->of[OPTION_check].given);
	free(text);
	return status;
}
