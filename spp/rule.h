// SPDX-License-Identifier: MIT
// Rules: what happens on a write. A region names one by its number. Numbers are not used again
// until the table is full, so a stale number is an error and not another rule.
#ifndef SPP_RULE_H
#define SPP_RULE_H

#include "hv/lib/pool.h"
#include "tessera/hypercall.h"

#define RULES_MAX 256

struct rule {
	u8 action; // enum tessera_action; ALLOW = this slot is free
	u32 flags; // TESSERA_RULE_*
	u32 tag;
	u32 regions; // regions (or, for the access rule, pages) that carry it
	char name[TESSERA_NAME_SIZE];
	u64 writes;  // writes that it covered; plain atomic increments
	u64 blocked; // of these, denied or discarded
};

#define RULES_PER_PAGE (PAGE_SIZE / sizeof(struct rule))

struct rule_table {
	struct pool *pool;
	struct rule *page[RULES_MAX / RULES_PER_PAGE + 1]; // made as needed, kept
	u32 count;
	u32 next; // where the search for a free number starts
};

// Makes the built-in rules TESSERA_RULE_DENY ("deny") and TESSERA_RULE_ACCESS ("access").
int rule_table_init(struct rule_table *t, struct pool *pool);
void rule_table_destroy(struct rule_table *t);

// The rule with that number, or NULL.
struct rule *rule_get(const struct rule_table *t, u32 number);

// The lowest used number >= from, or -1.
s32 rule_next(const struct rule_table *t, u32 from);

// A new rule. The name is cut at TESSERA_NAME_SIZE - 1, printable ASCII only, unique unless empty.
// Returns its number, or BAD_ARGUMENT, EXISTS, LIMIT, NO_MEMORY.
s32 rule_create(struct rule_table *t, u32 action, const char *name, u32 tag, u32 flags);

// Seals one rule, or with number -1 every rule there is. NOT_FOUND.
int rule_seal(struct rule_table *t, s64 number);

// Removes the seal. The caller checks whether that is allowed.
int rule_unseal(struct rule_table *t, s64 number);

// IN_USE while regions carry it, SEALED, NOT_FOUND, BAD_ARGUMENT (built-in).
int rule_delete(struct rule_table *t, u32 number);

// The number of the rule with that name, or NOT_FOUND.
s32 rule_find(const struct rule_table *t, const char *name);

#endif
