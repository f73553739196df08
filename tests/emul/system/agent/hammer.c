// SPDX-License-Identifier: MIT
#include "tests/emul/system/agent/hammer.h"

#include "tests/emul/system/agent/agent.h"

#define STORE_BYTES 2 // of code

static volatile u8 stop;
static struct hammer *by_cpu[CPUS_MAX];

static bool skips_store(struct frame *f)
{
	if (f->vector != V_GP || (f->rip != (u64)hammer_store && f->rip != (u64)hammer_change))
		return false;
	by_cpu[cpu_this()->number]->denied++;
	f->rip += STORE_BYTES;
	return true;
}

static void hammer(void *of)
{
	struct hammer *h = of;
	struct probe p = probe_of(hammer_loop);

	by_cpu[cpu_this()->number] = h;
	cpu_this()->hook = skips_store;
	p.gpr[RDI] = (u64)h->byte;
	p.gpr[RSI] = (u64)&stop;
	p.gpr[RAX] = 0;
	probe_run(&p);
	h->stores = p.gpr[RAX];
	CHECK(p.vector == NO_FAULT, "vector %u error 0x%x at 0x%lx", p.vector, p.error, p.rip);
}

void hammers_start(struct hammer *hammers, u32 n)
{
	stop = 0;
	for (u32 i = 1; i <= n; i++) {
		hammers[i].stores = hammers[i].denied = 0;
		cpu_start(i, hammer, &hammers[i]);
	}
}

void hammers_stop(const struct hammer *hammers, u32 n, u64 *landed, u64 *denied)
{
	*landed = *denied = 0;
	stop = 1;
	for (u32 i = 1; i <= n; i++)
		cpu_join(i);
	for (u32 i = 1; i <= n; i++) {
		*landed += hammers[i].stores - hammers[i].denied;
		*denied += hammers[i].denied;
	}
}

void linger(u32 turns)
{
	for (volatile u32 i = 0; i < turns; i++)
		;
}
