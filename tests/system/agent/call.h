// SPDX-License-Identifier: MIT
// Hypercalls as scenarios make them.
#ifndef AGENT_CALL_H
#define AGENT_CALL_H

#include "hv/types.h"
#include "tessera/hypercall.h"

// Rules that the tests' tessera.conf makes, in this order behind the built-in ones.
#define RULE_AUDIT   2U
#define RULE_DISCARD 3U

// RDX of the last call.
s64 call(u64 number, u64 a, u64 b, u64 c, u64 d, u64 *value);

// An error's name, for messages.
const char *call_error(s64 error);

u64 query(enum tessera_query what);

// These fail the scenario where the call fails, and remember what is to be undone after it.
void protect(u32 rule, const void *start, u64 length);
void unprotect(u32 rule, const void *start, u64 length);
void access_set(const void *first, u32 pages, const u32 *maps);
void access_set_one(const void *first, u32 map);
u32 access_get_one(const void *first);

// Takes back all protection that scenarios have set up. False when the hypervisor refuses.
bool call_clean_up(void);

#endif
