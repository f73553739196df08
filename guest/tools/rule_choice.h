// SPDX-License-Identifier: MIT
// Chooses a rule by its name: the one that exists, or a new one.
#ifndef TESSERACTL_RULE_CHOICE_H
#define TESSERACTL_RULE_CHOICE_H

#include <stdbool.h>

#include "lib/tessera.h"

// What is said behind a name that rule_name_is_valid() does not accept.
#define RULE_NAME_ERROR \
	"is not a rule name: use at most 23 characters of printable ASCII without blanks"

struct rule_choice {
	struct tessera_rule rule;
	bool created; // by this run, which deletes it again if it fails
};

bool rule_name_is_valid(const char *name);

// Finds the rule, or creates it with this action. Returns a status; if that is not DONE, the reason
// has been printed.
int rule_find_or_create(int fd, const char *name, uint32_t action, struct rule_choice *choice);

// Deletes the rule if rule_find_or_create() created it.
void rule_undo(int fd, const struct rule_choice *choice);

#endif
