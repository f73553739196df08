// SPDX-License-Identifier: MIT
// The event ring that the guest's agent gave us (struct tessera_ring), fed from our own ring.
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
	u64 all_written, all_dropped; // the same two, over all rings that there ever were
	u32 cpu;                      // CPU that gets the interrupt
	u8 vector;                    // 0 = none
	bool owed;                    // an interrupt waits for the rate limit
	u64 last_interrupt;           // TSC
};

// Begins to feed the ring of `pages` pages at gpa. BAD_ARGUMENT, BAD_ADDRESS, PROTECTED, EXISTS.
int agent_ring_start(struct cpu *c, u64 gpa, u64 pages, u64 vector);
int agent_ring_stop(struct vm *vm);

// Hands over what is new, and sends the interrupt that is due. In the exit path or from the
// console's poll, no lock held. Another CPU that does it already is left to it.
void agent_ring_feed(struct cpu *c);

#endif
