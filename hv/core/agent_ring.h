// SPDX-License-Identifier: MIT
// The event ring of the guest's agent (struct tessera_ring), which is fed from hv/core/event.h.
#ifndef HV_CORE_AGENT_RING_H
#define HV_CORE_AGENT_RING_H

#include "hv/core/cpu.h"
#include "hv/lib/lock.h"
#include "tessera/hypercall.h"

struct vm;

struct agent_ring {
	struct lock lock;
	u64 gpa; // 0 = none
	u32 records;
	u32 next; // sequence of the next event to hand over
	u64 head; // records written
	u64 dropped;
	u64 all_written, all_dropped; // the same two, over all rings since the start
	u32 cpu;                      // CPU that gets the interrupt
	u8 vector;                    // 0 = none
	bool owed;                    // an interrupt is due but waits for the rate limit
	u64 last_interrupt;           // TSC
};

// Starts to feed the ring of `pages` pages at gpa. BAD_ARGUMENT, BAD_ADDRESS, PROTECTED, EXISTS.
int agent_ring_start(struct cpu *c, u64 gpa, u64 pages, u64 vector);
int agent_ring_stop(struct vm *vm);

// Copies new events to the agent's ring, and sends the interrupt if one is due. Does nothing if
// another CPU is doing that. From the exit path or the console's poll, no lock held.
void agent_ring_feed(struct cpu *c);

#endif
