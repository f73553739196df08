// SPDX-License-Identifier: MIT
// Statements about whole EPT trees, for the tests: read from raw memory, by the manual's format.
#ifndef UNIT_TREE_H
#define UNIT_TREE_H

#include "ept/ept.h"
#include "hv/lib/pool.h"

struct tree_count {
	u64 leaves[4]; // by level
	u64 tables;
};

// Called for each present leaf.
typedef void (*tree_visit)(void *context, u64 gpa, u32 level, u64 entry);
struct tree_count tree_walk(const struct ept *e, tree_visit visit, void *context);

// Fails the test unless every leaf is an identity map of all rights with the type the machine's
// MTRRs give each of its bytes, and no 512 leaves could be one.
void tree_check_built(const struct ept *e);

// True when both trees have the same leaves.
bool tree_equal(const struct ept *a, const struct ept *b);

#endif
