// SPDX-License-Identifier: MIT
// Plain stores under observation: what most scenarios need.
#ifndef AGENT_PLAIN_H
#define AGENT_PLAIN_H

#include "hv/lib/types.h"

// Each tries a store of that many bytes (1, 2, 4, 8) and tells whether it was denied. Any other
// fault fails the scenario.
bool denied_store(void *to, u64 value, u32 bytes);

static inline bool denied8(void *to, u8 value)
{
	return denied_store(to, value, 1);
}

static inline bool denied64(void *to, u64 value)
{
	return denied_store(to, value, 8);
}

// One more, in one instruction.
static inline void count_up(u64 *counter)
{
	__asm__ volatile("incq %0" : "+m"(*counter)::"cc");
}

// VM exits of this CPU while f runs, the least of several tries: the hypervisor's console
// takes an exit now and then.
u64 exits_of(void (*f)(void));

// Numbers that look random and are the same in every run: the CPU's own row of them, or one
// that the caller seeds with any number but 0.
u64 random64(void);
void random_seed(u64 seed); // begins another sequence for the CPU
u64 random_next(u64 *state);

#endif
