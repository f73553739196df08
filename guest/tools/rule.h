// SPDX-License-Identifier: MIT
// A rule by its name: the one that is there, or a new one.
#ifndef TESSERACTL_RULE_H
#define TESSERACTL_RULE_H

#include <stdbool.h>

#include "lib/tessera.h"

struct rule_choice {
	struct tessera_rule rule;
	bool made; // by us: to be deleted if nothing comes of it
};

// NULL, or what is wrong with a name for a rule.
const char *rule_name_fault(const char *name);

// Finds or makes it. Returns a status, and has said why when that is not DONE.
int rule_choose(int fd, const char *name, uint32_t action, struct rule_choice *choice);

// Takes back what rule_choose made.
void rule_forget(int fd, const struct rule_choice *choice);

#endif
