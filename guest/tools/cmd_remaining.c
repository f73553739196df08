// SPDX-License-Identifier: MIT
// remaining: what stays protected although the service stops or the package is removed.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "lib/tessera.h"
#include "tools/rule_names.h"
#include "tools/run.h"
#include "tools/messages.h"

struct remaining {
	unsigned int sealed_rules; // that protect something
	uint64_t sealed_regions;
	unsigned int open_guards; // under rules that are not sealed
};

// Counts the sealed rules and prints their names.
static int count_rules(int fd, struct remaining *r)
{
	char name[TESSERA_NAME_SIZE];
	struct tessera_rule rule;
	int next = 0;

	do {
		next = tessera_get_rule(fd, (uint32_t)next, &rule);
		if (next < 0)
			return -1;
		if (!(rule.flags & TESSERA_RULE_SEALED) || !rule.regions)
			continue;
		rule_name_printable(rule.name, name);
		printf("%s%s", r->sealed_rules++ ? ", " : "sealed rules: ", name);
		r->sealed_regions += rule.regions;
	} while (next);
	if (r->sealed_rules)
		printf("; their regions (%" PRIu64 ") stay protected until the machine is reset\n",
		       r->sealed_regions);
	return 0;
}

static int count_guards(int fd, struct remaining *r)
{
	struct tessera_guard guard = { .number = 1 };
	struct tessera_rule rule;

	for (; tessera_next_guard(fd, &guard) == 0; guard.number++) {
		if (tessera_get_rule(fd, guard.rule, &rule) < 0)
			return -1;
		r->open_guards += !(rule.flags & TESSERA_RULE_SEALED);
	}
	if (r->open_guards)
		printf("guards under rules that are not sealed: %u; they stay in force until "
		       "`tesseractl unprotect` or a reset\n",
		       r->open_guards);
	return errno == ENOENT ? 0 : -1;
}

int run_remaining(int fd, const struct options *o)
{
	struct remaining r = { 0 };

	(void)o;
	if (count_rules(fd, &r) || count_guards(fd, &r)) {
		if (errno != EACCES)
			return report_refusal("remaining");
		printf("the policy is locked down or another agent holds the key: everything that "
		       "is protected stays so, until the machine is reset or that agent changes "
		       "it\n");
	} else if (!r.sealed_rules && !r.open_guards) {
		printf("no guard and no sealed rule protects memory\n");
	}
	return DONE;
}
