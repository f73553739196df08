// SPDX-License-Identifier: MIT
#include "hv/core/lock_order.h"

#include "hv/core/vm.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"

// Until host_load, GS is the firmware's. No other CPU runs Tessera then.
static struct cpu *this_cpu(void)
{
	u64 gs = rdmsr(IA32_GS_BASE);

	return gs >= HV_BASE && gs < HV_BASE + boot->block_size ? (struct cpu *)gs : NULL;
}

void lock_order_take(u8 rank)
{
	struct cpu *c = this_cpu();

	if (!c || !rank)
		return;
	ASSERT(!(c->locks >> rank), "a lock is taken after one of the same or a higher rank");
	ASSERT(!c->in_nmi, "no lock is taken in the NMI handler");
	ASSERT(c->state != CPU_GUEST, "no lock is taken while a shootdown may wait for this CPU");
	c->locks |= BIT(rank);
}

void lock_order_drop(u8 rank)
{
	struct cpu *c = this_cpu();

	if (!c || !rank)
		return;
	ASSERT(c->locks & BIT(rank), "a CPU drops only a lock that it holds");
	c->locks &= ~BIT(rank);
}

void lock_order_only(const struct cpu *c, u32 allowed)
{
	ASSERT_CHECKED(!(c->locks & ~allowed), "no other lock is held here");
}
