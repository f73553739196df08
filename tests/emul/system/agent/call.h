// SPDX-License-Identifier: MIT
// Hypercalls as scenarios make them.
#ifndef AGENT_CALL_H
#define AGENT_CALL_H

#include "hv/lib/types.h"
#include "tessera/call.h"

// The key that calls carry: set by a scenario that claims the policy, released after it.
extern u64 call_key;

// Any call. The value may be NULL.
s64 call(enum tessera_call number, u64 a, u64 b, u64 c, u64 *value);

// An error's name, for messages.
const char *call_error(s64 error);

u64 query(enum tessera_query what);

static inline bool hardware_engine(void)
{
	return query(TESSERA_QUERY_ENGINE) == TESSERA_ENGINE_HARDWARE;
}

// The hypervisor's counters.
void statistics(struct tessera_statistics *s);

// What a call answers that needs long mode and is made on CPU 1 from 32-bit mode.
s64 call_from_32_bits(void);

// The agent's own rule for an action; made on first use.
u32 rule_for(enum tessera_action action);
void rule_get(u32 number, struct tessera_rule *rule);

// These fail the scenario where the call fails, and remember what is to be undone after it.
void protect(enum tessera_action action, const void *start, u64 length);
void unprotect(enum tessera_action action, const void *start, u64 length);
void access_set(const void *first, u32 pages, const u32 *maps);
void access_set_one(const void *first, u32 map);
u32 access_get_one(const void *first);

// Takes back all protection that scenarios have set up. False when the hypervisor refuses.
bool call_clean_up(void);

#endif
