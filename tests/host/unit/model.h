// SPDX-License-Identifier: MIT
// A naive model of the policy, and the machine it runs on. The model keeps plain lists and decides
// byte by byte; after each operation it compares itself with the policy, the tables' contents as an
// independent CPU reads them, and the memory that is in use. Shared by tests and fuzzers, so
// it needs no test framework: what is wrong aborts with a message.
#ifndef UNIT_MODEL_H
#define UNIT_MODEL_H

#include "spp/policy.h"

#define MODEL_ARENAS  5
#define MODEL_REGIONS 128
#define MODEL_RULES   8

struct model_region {
	u64 start, end;
	u32 rule;
};

struct model {
	struct pool *pool;
	struct ept ept;
	struct policy policy;
	struct model_region region[MODEL_REGIONS];
	u32 regions;
	u32 *maps[MODEL_ARENAS]; // access maps
	u8 action[MODEL_RULES];  // ALLOW = no such rule
	bool sealed[MODEL_RULES];
	u32 types; // which MTRRs the map has
	u64 operations;
};

enum model_kind {
	MODEL_PROTECT,
	MODEL_PROTECT_PAGES, // whole pages
	MODEL_PROTECT_LARGE, // whole 2 MiB
	MODEL_PROTECT_HUGE,  // gigabytes
	MODEL_UNPROTECT,     // one that stands
	MODEL_UNPROTECT_ANY, // most likely none
	MODEL_BATCH,         // several of the above at once
	MODEL_ACCESS_SET,
	MODEL_ACCESS_SAME, // the same map for all pages
	MODEL_ACCESS_GET,
	MODEL_RULE_CREATE,
	MODEL_RULE_DELETE,
	MODEL_SEAL,
	MODEL_LOCKDOWN,
	MODEL_JUDGE,
	MODEL_MISS,
	MODEL_MISCONFIG,
	MODEL_RETYPE,
	MODEL_REAP,
	MODEL_KINDS
};

// One operation; the numbers are folded into ranges that make sense, and a few that do not.
struct model_op {
	u8 kind;
	u8 arena;
	u8 rule;
	u8 fail; // 0 = enough memory, n = the n-th allocation fails
	u32 offset;
	u32 length;
	u32 map;
};

struct model *model_new(bool hardware, u32 pool_pages);
void model_delete(struct model *m);
void model_run(struct model *m, const struct model_op *op);

// Compares every page of the arenas, and the whole with tables built anew from the same rules.
void model_check(struct model *m);

#endif
