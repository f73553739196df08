// SPDX-License-Identifier: MIT
// Many CPUs: when a call that tightens returns, no further store lands; stores that are let
// through by steps are all done, once (54, 58, 59, 63).
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/hammer.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define PAGE    60
#define HAMMERS 3

static struct hammer hammers[HAMMERS + 1];

static u32 rounds(u32 usual)
{
	return argument[2] ? (u32)argument[2] : usual;
}

static void expect_still(const u8 *bytes, u64 size)
{
	u8 before[PAGE_SIZE];

	memcpy(before, bytes, size);
	linger(200);
	for (u64 i = 0; i < size; i++)
		CHECK(((volatile const u8 *)bytes)[i] == before[i],
		      "byte +0x%lx changed from 0x%x to 0x%x", i, before[i], bytes[i]);
}

static void expect_traffic(void)
{
	u64 landed, denied;

	hammers_stop(hammers, HAMMERS, &landed, &denied);
	CHECK(landed > 0, "no store ever landed: the test shows nothing");
	CHECK(denied > 0, "no store was ever denied: the test shows nothing");
}

// All in one tile, each on a byte of its own.
static void hammer_one_tile(void)
{
	for (u32 i = 1; i <= HAMMERS; i++)
		hammers[i].byte = page(PAGE) + 16 + i;
	hammers_start(hammers, HAMMERS);
}

void no_store_lands_after_protect(void)
{
	hammer_one_tile();
	for (u32 i = rounds(300); i--;) {
		protect(TESSERA_ACTION_DENY, page(PAGE) + 16, 8);
		expect_still(page(PAGE), TILE);
		unprotect(TESSERA_ACTION_DENY, page(PAGE) + 16, 8);
		linger(20);
	}
	expect_traffic();
}

static volatile bool enough;

static void store_without_apic(void *of)
{
	volatile u8 *byte = of;
	u64 base = rdmsr(IA32_APIC_BASE);

	wrmsr(IA32_APIC_BASE, base & ~APIC_BASE_ENABLE);
	same("the APIC's base", rdmsr(IA32_APIC_BASE), base & ~APIC_BASE_ENABLE);
	while (!enough)
		++*byte;
	wrmsr(IA32_APIC_BASE, base);
	apic_quiet();
}

static void await_store(u32 n, u8 before)
{
	while (*(volatile u8 *)(page(PAGE) + 16 + n) == before && cpus[n].job)
		pause();
	if (!cpus[n].job)
		cpu_join(n); // tells why
}

// B4: a CPU whose APIC is disabled could not be told that its translations are old. (The emulator
// delivers NMIs to a disabled APIC too: what the real one is, host tests see.)
void a_disabled_apic_takes_shootdowns(void)
{
	enough = false;
	for (u32 i = 1; i <= HAMMERS; i++)
		cpu_start(i, store_without_apic, page(PAGE) + 16 + i);
	for (u32 i = 1; i <= HAMMERS; i++)
		await_store(i, 0);
	for (u32 i = rounds(100); i--;) {
		u8 before = page(PAGE)[17];

		protect(TESSERA_ACTION_DISCARD, page(PAGE) + 16, 8);
		expect_still(page(PAGE), TILE);
		unprotect(TESSERA_ACTION_DISCARD, page(PAGE) + 16, 8);
		await_store(1, before);
	}
	enough = true;
	for (u32 i = 1; i <= HAMMERS; i++)
		cpu_join(i);
}

void no_store_lands_after_access_set(void)
{
	hammer_one_tile();
	for (u32 i = rounds(300); i--;) {
		access_set_one(page(PAGE), i % 2 ? ~1U : 0);
		expect_still(page(PAGE), TILE);
		access_set_one(page(PAGE), ~0U);
		linger(20);
	}
	expect_traffic();
}

// What is open is open only to single steps, so the call overtakes steps under way.
void no_stepped_store_lands_after_protect(void)
{
	protect(TESSERA_ACTION_AUDIT, page(PAGE), TILE);
	hammer_one_tile();
	for (u32 i = rounds(200); i--;) {
		enum tessera_action action = i % 2 ? TESSERA_ACTION_DENY : TESSERA_ACTION_DISCARD;

		protect(action, page(PAGE) + 16, 8);
		expect_still(page(PAGE), TILE);
		unprotect(action, page(PAGE) + 16, 8);
		linger(2000);
	}
	expect_traffic();
}

// A CPU that steps on the page opens it to nobody else.
void steps_open_nothing_to_others(void)
{
	u64 *counter = (u64 *)page(PAGE);
	const u32 count = rounds(2000);
	u64 landed, denied;

	pattern_fill(page(PAGE), PAGE_SIZE, 4);
	*counter = 0;
	protect(TESSERA_ACTION_AUDIT, page(PAGE), 8);
	protect(TESSERA_ACTION_DENY, page(PAGE) + 8, PAGE_SIZE - 8);
	for (u32 i = 1; i <= HAMMERS; i++)
		hammers[i].byte = page(PAGE) + i * 700;
	hammers_start(hammers, HAMMERS);
	for (u32 i = 0; i < count; i++)
		count_up(counter);
	hammers_stop(hammers, HAMMERS, &landed, &denied);
	same("counter", *counter, count);
	same("stores that landed", landed, 0);
	CHECK(denied > 0, "no store was denied: the test shows nothing");
	for (u32 i = 8; i < PAGE_SIZE; i++)
		same("byte", page(PAGE)[i], pattern_byte(i, 4));
}

#define SHARED_COUNTER 0x800

static void add(void *of)
{
	struct probe p = probe_of(add_loop);

	p.gpr[RDI] = (u64)of;
	p.gpr[RSI] = (u64)page(PAGE) + SHARED_COUNTER;
	p.gpr[RCX] = rounds(300);
	probe_run(&p);
	CHECK(p.vector == NO_FAULT, "vector %u error 0x%x", p.vector, p.error);
}

static u64 *own_counter(u32 cpu)
{
	return (u64 *)(page(PAGE) + cpu * 16);
}

static void count_under(enum tessera_action action, u64 start, u64 length)
{
	memset(page(PAGE), 0, PAGE_SIZE);
	if (length)
		protect(action, page(PAGE) + start, length);
	for (u32 i = 1; i <= HAMMERS; i++)
		cpu_start(i, add, own_counter(i));
	add(own_counter(0));
	for (u32 i = 1; i <= HAMMERS; i++)
		cpu_join(i);
	for (u32 i = 0; i <= HAMMERS; i++)
		same("a processor's own counter", *own_counter(i), rounds(300));
	same("the shared counter", *(u64 *)(page(PAGE) + SHARED_COUNTER),
	     rounds(300) * (HAMMERS + 1));
}

void counters_without_protection(void)
{
	count_under(TESSERA_ACTION_AUDIT, 0, 0);
}

// Every addition is a step; steps on one page take turns.
void steps_lose_no_store(void)
{
	count_under(TESSERA_ACTION_AUDIT, 0, PAGE_SIZE);
}

// The counters share tiles with a region: some additions are steps, on some engines others are not.
void stores_beside_steps_are_not_lost(void)
{
	count_under(TESSERA_ACTION_DENY, 12, 4);
	CHECK(call_clean_up(), "clean-up");
	count_under(TESSERA_ACTION_DENY, SHARED_COUNTER + 8, 1);
}

#define NMIS 50

static void change_policy(void *of)
{
	const volatile bool *ended = of;

	while (!*ended) {
		call(TESSERA_CALL_PROTECT, TESSERA_RULE_DENY, gpa_of(page(PAGE + 1)), 8, NULL);
		call(TESSERA_CALL_UNPROTECT, TESSERA_RULE_DENY, gpa_of(page(PAGE + 1)), 8, NULL);
	}
}

static void count_nmis(u32 cpu)
{
	volatile struct light *l = &cpus[cpu].light;

	for (u32 i = 1; i <= NMIS; i++) {
		apic_send(cpus[cpu].apic_id, APIC_NMI);
		for (u32 turn = 0; turn < 1000000 && l->count < i; turn++)
			__builtin_ia32_pause();
		linger(50);
		same("NMIs of the other processor", l->count, i);
	}
}

// The shootdowns are NMIs too, and to the same CPUs.
void nmis_among_shoot_downs(void)
{
	static volatile bool ended;
	u64 landed, denied;

	ended = false;
	gate_set(V_NMI, light_gate, IST_NMI, 0);
	for (u32 i = 0; i <= HAMMERS; i++)
		memset(&cpus[i].light, 0, sizeof(struct light));
	cpu_start(3, change_policy, (void *)&ended);
	hammers[1].byte = page(PAGE + 1) + 64;
	hammers_start(hammers, 1);
	count_nmis(1); // it runs
	count_nmis(2); // it is halted
	ended = true;
	hammers_stop(hammers, 1, &landed, &denied);
	cpu_join(3);
	gate_reset(V_NMI);
	same("NMIs of the processor that asked for shootdowns", cpus[3].light.count, 0);
	same("NMIs of this processor", cpus[0].light.count, 0);
}
