// SPDX-License-Identifier: MIT
// What happens on an exception: the hook of the scenario looks first, then the probe under way
// takes it as its result, and anything else fails the scenario.
#include "hv/x86/insn.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"

#define FIRST_INTERRUPT 32

static void into_probe(struct frame *f, struct probe *p)
{
	for (u32 i = 0; i < ARRAY_SIZE(p->gpr); i++)
		p->gpr[i] = f->gpr[i];
	p->gpr[RSP] = f->rsp;
	p->rflags = f->rflags;
	p->vector = (u32)f->vector;
	p->error = (u32)f->error;
	p->rip = f->rip;
	p->cr2 = f->vector == V_PF ? read_cr2() : 0;
	f->rip = (u64)probe_end;
	f->cs = SEL_CODE;
	f->ss = SEL_DATA;
	f->rflags = 2;
}

void trap(struct frame *f);

void trap(struct frame *f)
{
	struct cpu *c = cpu_this();

	if (c->hook && c->hook(f))
		return;
	if (!c->online && f->vector >= FIRST_INTERRUPT) {
		apic_done();
		return;
	}
	if (c->probe && c->probe->vector == NO_FAULT) {
		into_probe(f, c->probe);
		return;
	}
	fail("processor %u: vector %lu error 0x%lx at 0x%lx (stack 0x%lx), CR2 0x%lx", c->number,
	     f->vector, f->error, f->rip, f->rsp, read_cr2());
}
