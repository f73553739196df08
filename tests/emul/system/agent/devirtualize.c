// SPDX-License-Identifier: MIT
// Devirtualizes a busy guest: each CPU continues natively as it was, all
// work is done once, and of the hypervisor's secrets nothing is left in memory.
#include "hv/lib/boot_info.h"
#include "hv/lib/format.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/hammer.h"
#include "tests/emul/system/agent/devirtualize_list.h"
#include "tests/emul/system/agent/native.h"
#include "tests/emul/system/agent/plain.h"

#define PAGE       80
#define WORKERS    3
#define ADDITIONS  30000
#define SHARED     0x800
#define BLOCK      argument[0] // where the hypervisor's memory was, and its size
#define BLOCK_SIZE argument[1]
#define DELAY      argument[2] // before the call, so that it comes at another moment

// Page tables that do not map the block: the root, above the block, of stacks, devices and the
// entry code; and three for each CPU's slot.
#define TABLES_BESIDE 10
#define TABLES_OF_CPU 3

static const char secret[] = "scrub-me";

static u64 *own_counter(u32 cpu)
{
	return (u64 *)(page(PAGE) + cpu * 16);
}

static u64 *shared_counter(void)
{
	return (u64 *)(page(PAGE) + SHARED);
}

// A rule whose name would be found in tables, log and console, with a region and an event.
static void keep_secret(void)
{
	struct tessera_rule r = { .action = TESSERA_ACTION_AUDIT };
	u64 number;
	s64 error;

	format(r.name, sizeof(r.name), "%s", secret);
	error = call(TESSERA_CALL_RULE_CREATE, gpa_of(&r), 0, 0, &number);
	CHECK(!error, "rule_create answers %s", call_error(error));
	error = call(TESSERA_CALL_PROTECT, number, gpa_of(page(PAGE)), PAGE_SIZE, NULL);
	CHECK(!error, "protect answers %s", call_error(error));
	memcpy(page(PAGE) + PAGE_SIZE - sizeof(secret), secret, sizeof(secret));
	memset(page(PAGE), 0, PAGE_SIZE);
}

// An entry of Tessera's page tables: present, and not for user mode.
static bool is_table_entry(u64 word)
{
	return (word & (PTE_P | PTE_U)) == PTE_P;
}

// A12: behind the code and the constants only page tables are left, and of each CPU the page with
// the state that it entered its native guest with.
static void expect_no_secret(void)
{
	const struct image_header *h = (const struct image_header *)BLOCK;
	u32 tables = 0, states = 0;

	same("the image's magic", h->magic, HV_IMAGE_MAGIC);
	for (u64 at = h->data; at < BLOCK_SIZE; at += PAGE_SIZE) {
		const u64 *words = (const u64 *)(BLOCK + at);
		bool zero = true, table = true;

		for (u32 i = 0; i < PAGE_SIZE / sizeof(u64); i++) {
			zero &= !words[i];
			table &= !words[i] || is_table_entry(words[i]);
		}
		tables += !zero && table;
		states += !table;
	}
	CHECK(states <= cpu_count &&
		      tables <= BLOCK_SIZE / SIZE_2M + TABLES_BESIDE + cpu_count * TABLES_OF_CPU,
	      "%u pages of tables and %u others are left", tables, states);
}

static void add(void *of)
{
	struct probe p = probe_of(add_loop);

	p.gpr[RDI] = (u64)of;
	p.gpr[RSI] = (u64)shared_counter();
	p.gpr[RCX] = ADDITIONS;
	native_note();
	probe_run(&p);
	CHECK(p.vector == NO_FAULT, "vector %u error 0x%x", p.vector, p.error);
	same("RCX after the work", p.gpr[RCX], 0);
	native_compare();
	native_expect();
}

static void start_work(u32 first)
{
	keep_secret();
	for (u32 i = first; i <= WORKERS; i++)
		cpu_start(i, add, own_counter(i));
	for (u32 i = first; i <= WORKERS; i++)
		while (__atomic_load_n(own_counter(i), __ATOMIC_RELAXED) < 3)
			pause();
}

static void devirtualize(void)
{
	s64 error = call(TESSERA_CALL_DEVIRTUALIZE, 0, 0, 0, NULL);

	CHECK(!error, "devirtualize answers %s", call_error(error));
}

static void expect_busy(u32 first)
{
	for (u32 i = first; i <= WORKERS; i++)
		CHECK(*(volatile u64 *)own_counter(i) < ADDITIONS,
		      "processor %u was done: the test shows nothing", i);
}

static void expect_work(u32 first)
{
	for (u32 i = first; i <= WORKERS; i++)
		cpu_join(i);
	for (u32 i = first; i <= WORKERS; i++)
		same("a processor's own counter", *own_counter(i), ADDITIONS);
	same("the shared counter", *shared_counter(), (WORKERS + 1 - first) * (u64)ADDITIONS);
}

static void vmcall(void)
{
	__asm__ volatile("vmcall" ::: "memory");
}

void devirtualize_keeps_registers(void)
{
	struct probe p = probe_of(vmcall), before;

	keep_secret();
	for (u32 i = 0; i < ARRAY_SIZE(p.gpr); i++)
		p.gpr[i] = 0x5a00000000000000 + i;
	p.gpr[RAX] = TESSERA_CALL_DEVIRTUALIZE;
	p.gpr[R8] = 0; // no key
	p.rflags |= 0x8d5;
	before = p;
	native_note();
	linger((u32)DELAY);
	probe_run(&p);
	native_compare();
	CHECK(p.vector == NO_FAULT, "vector %u", p.vector);
	same("RAX", p.gpr[RAX], TESSERA_OK);
	for (u32 i = 0; i < ARRAY_SIZE(p.gpr); i++)
		if (i != RAX && i != RDX && i != RSP)
			CHECK(p.gpr[i] == before.gpr[i], "register %u is 0x%lx", i, p.gpr[i]);
	native_expect();
	expect_no_secret();
	p = probe_of(vmcall);
	probe_run(&p);
	same("the vector of a call to nobody", p.vector, V_UD);
}

// B4: under Tessera it stays enabled for NMIs. From now on it is disabled until the next reset.
void devirtualize_with_a_disabled_apic(void)
{
	u64 base = rdmsr(IA32_APIC_BASE) & ~APIC_BASE_MODE;

	wrmsr(IA32_APIC_BASE, base);
	native_note();
	linger((u32)DELAY);
	devirtualize();
	native_compare();
	native_expect();
	same("the APIC's base", rdmsr(IA32_APIC_BASE), base);
}

void devirtualize_under_load(void)
{
	start_work(1);
	native_note();
	linger((u32)DELAY);
	expect_busy(1);
	devirtualize();
	native_compare();
	native_expect();
	expect_work(1);
	expect_no_secret();
}

// The host types the command when it reads the line that this begins with.
void devirtualize_by_console(void)
{
	u64 own = 0;

	if (cpu_count > WORKERS)
		start_work(1);
	else
		keep_secret();
	native_note();
	say("working");
	if (cpu_count > WORKERS)
		expect_busy(1);
	while (tessera_present()) {
		++*(volatile u64 *)own_counter(0);
		own++;
	}
	native_compare();
	native_expect();
	same("this processor's counter", *own_counter(0), own);
	if (cpu_count > WORKERS)
		expect_work(1);
	expect_no_secret();
}

#define NMIS 40

static volatile u32 sent;

static void send_nmis(void *of)
{
	volatile struct light *l = of;

	for (sent = 0; sent < NMIS; sent++) {
		apic_send(cpus[2].apic_id, APIC_NMI);
		for (u32 turn = 0; turn < 1000000 && l->count <= sent; turn++)
			__builtin_ia32_pause();
		CHECK(l->count == sent + 1, "%lu NMIs of %u arrived", l->count, sent + 1);
	}
}

// CPU 2 works and takes CPU 1's NMIs, before, meanwhile and afterwards.
void devirtualize_among_nmis(void)
{
	volatile struct light *l = &cpus[2].light;

	memset(&cpus[2].light, 0, sizeof(struct light));
	gate_set(V_NMI, light_gate, IST_NMI, 0);
	start_work(2);
	cpu_start(1, send_nmis, (void *)l);
	while (sent < 5)
		pause();
	linger((u32)DELAY);
	CHECK(sent < NMIS, "all NMIs were sent: the test shows nothing");
	expect_busy(2);
	devirtualize();
	cpu_join(1);
	expect_work(2);
	same("NMIs", l->count, NMIS);
	same("NMIs of the sender", cpus[1].light.count, 0);
}

static volatile u32 ready, granted;

static void ask_too(void *of)
{
	s64 error;

	(void)of;
	native_note();
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	while (ready < 2)
		;
	error = call(TESSERA_CALL_DEVIRTUALIZE, 0, 0, 0, NULL);
	CHECK(!error || error == TESSERA_BUSY, "devirtualize answers %s", call_error(error));
	granted += !error;
	while (error && tessera_present())
		;
	native_compare();
	native_expect();
}

void devirtualize_asked_twice(void)
{
	start_work(2);
	ready = granted = 0;
	expect_busy(2);
	cpu_start(1, ask_too, NULL);
	ask_too(NULL);
	cpu_join(1);
	same("calls that were granted", granted, 1);
	expect_work(2);
	expect_no_secret();
}

static void expect_refusal(s64 expected)
{
	s64 error = call(TESSERA_CALL_DEVIRTUALIZE, 0, 0, 0, NULL);

	CHECK(error == expected, "devirtualize answers %s", call_error(error));
	CHECK(tessera_present(), "Tessera is gone in spite of that");
	CHECK(denied8(page(PAGE), 1), "and nothing is protected");
}

// While a CPU waits for its SIPI, and while a sealed rule stands.
void devirtualize_is_refused(void)
{
	protect(TESSERA_ACTION_DENY, page(PAGE), 8);
	if (cpu_count > 1) {
		apic_send(cpus[1].apic_id, APIC_INIT);
		linger(10000);
		expect_refusal(TESSERA_UNSUPPORTED);
	}
	CHECK(!call(TESSERA_CALL_SEAL, TESSERA_RULE_DENY, 0, 0, NULL), "seal fails");
	expect_refusal(TESSERA_SEALED);
}
