// SPDX-License-Identifier: MIT
// NMIs arrive once, and never while one is being handled (43).
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

static void count_from_zero(void)
{
	memset(&cpu_this()->light, 0, sizeof(struct light));
}

static u64 counted(void)
{
	return __atomic_load_n(&cpu_this()->light.count, __ATOMIC_SEQ_CST);
}

// Waits for an NMI that is on its way, and a little longer for one too many.
static void wait_for(u64 count)
{
	for (u32 i = 0; i < 1000000 && counted() < count; i++)
		__builtin_ia32_pause();
	for (u32 i = 0; i < 100; i++)
		__builtin_ia32_pause();
	same("NMIs", counted(), count);
}

static void nmi_to_myself(void)
{
	apic_send(cpu_this()->apic_id, APIC_NMI);
}

void nmis_come_once(void)
{
	count_from_zero();
	gate_set(V_NMI, light_gate, IST_NMI, 0);
	for (u32 i = 1; i <= 100; i++) {
		nmi_to_myself();
		wait_for(i);
	}
	gate_reset(V_NMI);
}

static u32 nested, depth, deepest;

static bool sends_another(struct frame *f)
{
	if (f->vector != V_NMI)
		return false;
	depth++;
	deepest = MAX(deepest, depth);
	if (nested++ == 0) {
		nmi_to_myself();
		nmi_to_myself(); // the CPU remembers one
		for (u32 i = 0; i < 10000; i++)
			__builtin_ia32_pause();
	}
	depth--;
	return true;
}

void nmis_wait_for_iret(void)
{
	nested = depth = deepest = 0;
	cpu_this()->hook = sends_another;
	nmi_to_myself();
	for (u32 i = 0; i < 10000; i++)
		__builtin_ia32_pause();
	same("NMIs", nested, 2);
	same("NMIs at a time", deepest, 1);
}

#define STACK_PAGE 32

static void onto_stack(enum tessera_action action)
{
	struct cpu *c = cpu_this();

	count_from_zero();
	protect(action, page(STACK_PAGE), PAGE_SIZE);
	c->tss.ist[IST_TEST - 1] = (u64)page(STACK_PAGE) + PAGE_SIZE;
	gate_set(V_NMI, light_gate, IST_TEST, 0);
	for (u32 i = 1; i <= 3; i++) {
		nmi_to_myself();
		wait_for(i);
	}
	gate_reset(V_NMI);
	CHECK(call_clean_up(), "clean-up");
}

// The NMI is delivered by a step, and the next one finds its way too.
void nmis_onto_a_protected_stack(void)
{
	onto_stack(TESSERA_ACTION_AUDIT);
}

static void send(void)
{
	__asm__ volatile("movl $0x4400, (%%rdi)\n" // an NMI, by the interrupt command register
			 "nop\n"
			 "nop\n"
			 "nop\n"
			 "nop" ::
				 : "memory");
}

// An NMI that cannot be delivered becomes a fault, and does not block those after it.
static u64 came_early;

// A CPU blocks NMIs before it pushes the frame, so the handler of this fault runs without.
static bool sends_to_itself(struct frame *f)
{
	(void)f;
	gate_set(V_NMI, light_gate, IST_NMI, 0);
	nmi_to_myself();
	for (u32 i = 0; i < 10000; i++)
		__builtin_ia32_pause();
	came_early = counted();
	return false;
}

void nmis_onto_a_denied_stack(void)
{
	struct cpu *c = cpu_this();
	struct probe p = probe_of(send);

	count_from_zero();
	apic_send(c->apic_id, APIC_FIXED | WAKE_VECTOR); // leaves the destination behind
	p.gpr[RDI] = 0xfee00300;
	protect(TESSERA_ACTION_DENY, page(STACK_PAGE), PAGE_SIZE);
	c->tss.ist[IST_TEST - 1] = (u64)page(STACK_PAGE) + PAGE_SIZE;
	gate_set(V_NMI, light_gate, IST_TEST, 0);
	c->hook = sends_to_itself;
	probe_run(&p);
	c->hook = NULL;
	CHECK(probe_denied(&p), "vector %u", p.vector);
	same("NMIs in the handler of the fault", came_early, 0);
	wait_for(1);
	gate_reset(V_NMI);
	CHECK(call_clean_up(), "clean-up");
	nmis_come_once();
}

// IRET itself takes an exit, for the accessed bit of CS's descriptor in an audited table, when it
// is about to end the blocking: an exit that must not end it.
void nmi_blocking_outlives_an_exit_of_iret(void)
{
	struct cpu *c = cpu_this();
	struct descriptor_table gdtr = { sizeof(c->gdt) - 1, (u64)page(34) };
	struct descriptor_table own = { sizeof(c->gdt) - 1, (u64)c->gdt };
	struct tessera_rule before, after;

	count_from_zero();
	memcpy(page(34), c->gdt, sizeof(c->gdt));
	c->descriptor = (u64 *)(page(34) + SEL_CODE);
	protect(TESSERA_ACTION_AUDIT, c->descriptor, 8);
	rule_get(rule_for(TESSERA_ACTION_AUDIT), &before);
	gate_set(V_NMI, iret_gate, IST_NMI, 0);
	lgdt(&gdtr);
	nmi_to_myself();
	for (u32 i = 0; i < 10000; i++)
		__builtin_ia32_pause();
	lgdt(&own);
	gate_reset(V_NMI);
	rule_get(rule_for(TESSERA_ACTION_AUDIT), &after);
	same("NMIs", counted(), 2);
	CHECK(c->light.frame[0] < (u64)iret_gate || c->light.frame[0] >= (u64)iret_gate_end,
	      "the second NMI struck in the handler of the first");
	CHECK(after.writes - before.writes >= 2, "IRET took no exit: the test shows nothing");
}
