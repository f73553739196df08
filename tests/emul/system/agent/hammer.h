// SPDX-License-Identifier: MIT
// CPUs that store to one page as fast as they can while others change its protection.
#ifndef AGENT_HAMMER_H
#define AGENT_HAMMER_H

#include "hv/lib/types.h"

struct hammer {
	u8 *byte;            // where it stores
	u64 stores;          // tried so far, out
	volatile u64 denied; // of these
};

// Starts CPUs 1..n on hammers[1..n].
void hammers_start(struct hammer *hammers, u32 n);

// Stops them, waits, and adds up: how many stores landed and how many were denied.
void hammers_stop(const struct hammer *hammers, u32 n, u64 *landed, u64 *denied);

void hammer_loop(void);
void hammer_store(void);
void hammer_change(void);
void add_loop(void);

// A short while, measured in instructions.
void linger(u32 turns);

#endif
