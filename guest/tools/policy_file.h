// SPDX-License-Identifier: MIT
// A policy file: rules, the regions under them, and what is sealed. Pure: it looks nothing up.
#ifndef TESSERACTL_POLICY_FILE_H
#define TESSERACTL_POLICY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/options.h"

// The lines of a policy file; # at the start of a line or after a blank begins a comment.
//      word    arguments                what it means
// clang-format off
#define POLICY_LINES(X) \
	X(rule,   "NAME ACTION", \
	  "defines a rule and what happens on a write: " ACTION_NAMES) \
	X(region, "RULE symbol NAME [module NAME] [which N] [len N] | " \
	  "RULE module NAME [section NAME] [len N] | RULE phys ADDR len N", \
	  "protects a target under a rule that is defined above; the words have the meaning of " \
	  "the options of the same name") \
	X(seal,   "RULE | all", \
	  "makes a rule, or the whole policy, impossible to loosen until reset; seals are " \
	  "applied last, when all regions are in force")
// clang-format on

#define POLICY_ALL "all"

struct policy_rule {
	unsigned int line;
	const char *name;
	uint32_t action;
	unsigned int sealed; // by which line, 0 = not
};

struct policy_region {
	unsigned int line;
	size_t rule; // index
	struct options place;
};

struct policy {
	char *text; // what everything here points into
	struct policy_rule *rules;
	size_t rule_count;
	struct policy_region *regions;
	size_t region_count;
	unsigned int sealed; // the whole policy, by which line; 0 = not
};

// Called for each fault, with its line.
typedef void (*policy_complaint)(void *context, unsigned int line, const char *what);

// Reads a file's text. False when there were complaints. policy_free() in any case.
bool policy_read(struct policy *p, const char *text, size_t size, policy_complaint complain,
		 void *context);
void policy_free(struct policy *p);

#endif
