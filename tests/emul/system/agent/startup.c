// SPDX-License-Identifier: MIT
// Starting a CPU anew by INIT and SIPI, and stores in every mode that it passes on its way to
// long mode (38).
#include "hv/lib/string.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/hammer.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define PTE_LARGE  0x80
#define PARAMETERS 0xf00

extern const u8 startup_begin[], startup_end[];

// At the end of the start-up page; startup.asm knows the offsets.
struct startup {
	u32 denied, open;
	u32 page;
	u32 pae, legacy, long_mode;
	u64 entry, argument, stack;
	u32 faults_real, faults_flat, faults_pae, faults_levels;
	s32 answer;
};

_Static_assert(TESSERA_CALL_PROTECT_GVA == 19, "startup.asm is out of date");

static u64 pae_root[4] __attribute__((aligned(32)));
static u64 pae_directory[TABLE_ENTRIES] __attribute__((aligned(4096)));
static u32 legacy_directory[1024] __attribute__((aligned(4096)));

static void resume(struct cpu *c)
{
	cpu_take_over(c);
	cpu_serve(c);
}

static volatile struct startup *lay_out(u32 n)
{
	volatile struct startup *s = (volatile struct startup *)(low_page + PARAMETERS);
	u8 *data = low_page + PAGE_SIZE;

	memcpy(low_page, startup_begin, (u64)(startup_end - startup_begin));
	memset(low_page + PARAMETERS, 0, PAGE_SIZE - PARAMETERS);
	pae_root[0] = (u64)pae_directory | PTE_P;
	pae_directory[0] = PTE_LARGE | PTE_W | PTE_P;
	legacy_directory[0] = PTE_LARGE | PTE_W | PTE_P;
	s->page = (u32)gpa_of(low_page);
	s->denied = (u32)gpa_of(data + 5 * TILE);
	s->open = (u32)gpa_of(data + 6 * TILE);
	s->pae = (u32)(u64)pae_root;
	s->legacy = (u32)(u64)legacy_directory;
	s->long_mode = (u32)memory_root();
	s->entry = (u64)resume;
	s->argument = (u64)&cpus[n];
	s->stack = (u64)cpus[n].stack + STACK_SIZE;
	return s;
}

static void send_init(u32 n)
{
	cpus[n].online = false;
	apic_send(cpus[n].apic_id, APIC_INIT);
	linger(10000);
}

static void send_sipi(u32 n)
{
	for (u32 i = 0; i < 2; i++) { // as systems do; the second one finds it running
		apic_send(cpus[n].apic_id, APIC_STARTUP | (u32)(gpa_of(low_page) >> 12));
		linger(5000);
	}
	for (u32 i = 0; i < 100000 && !cpus[n].online; i++)
		__builtin_ia32_pause();
}

// The emulator loses an INIT that finds its CPU in the hypervisor, where a real one remembers
// it; so this tries again.
static void restart(u32 n)
{
	cpus[n].job = NULL;
	for (u32 i = 0; i < 100 && !cpus[n].online; i++) {
		linger(i * 37); // or the two might go in step
		send_init(n);
		send_sipi(n);
	}
	CHECK(cpus[n].online, "processor %u did not come back", n);
}

static void nothing(void *of)
{
	*(volatile u32 *)of += 1;
}

void processors_start_again(void)
{
	volatile u32 ran = 0;

	for (u32 n = 1; n < cpu_count; n++) {
		lay_out(n);
		cpus[n].online = false;
		restart(n);
		cpu_start(n, nothing, (void *)&ran);
		cpu_join(n);
	}
	same("jobs done afterwards", ran, cpu_count - 1);
}

void stores_in_every_mode(void)
{
	u8 *data = low_page + PAGE_SIZE;
	volatile struct startup *s = lay_out(1);

	memset(data, 0x77, PAGE_SIZE);
	access_set_one(data, ~(1U << 5));
	cpus[1].online = false;
	restart(1);
	same("faults in real mode", s->faults_real, 1);
	same("faults without paging", s->faults_flat, 1);
	same("faults with PAE", s->faults_pae, 1);
	same("faults with two levels", s->faults_levels, 1);
	CHECK(s->answer == TESSERA_UNSUPPORTED, "protect_gva: %s", call_error(s->answer));
	same("the denied byte", data[5 * TILE], 0x77);
	same("the open byte", data[6 * TILE], 0x14);
}

s64 call_from_32_bits(void)
{
	volatile struct startup *s = lay_out(1);

	s->denied = s->open;
	cpus[1].online = false;
	restart(1);
	return s->answer;
}

static void store_denied(void *of)
{
	CHECK(denied8(of, 1), "a processor that waited for SIPI can store");
}

// A shootdown can neither reach a CPU that waits for its SIPI nor may it wait for it.
void protection_while_waiting_for_sipi(void)
{
	lay_out(1);
	send_init(1);
	protect(TESSERA_ACTION_DENY, page(70), PAGE_SIZE);
	unprotect(TESSERA_ACTION_DENY, page(70), PAGE_SIZE);
	protect(TESSERA_ACTION_DENY, page(70), 8);
	send_sipi(1);
	CHECK(cpus[1].online, "the processor did not come back");
	cpu_start(1, store_denied, page(70));
	cpu_join(1);
}

#define RESTARTS 8

// With a pause between the stores: the emulator loses what comes while the hypervisor works on one.
static void store_for_ever(void *of)
{
	for (;;) {
		*(volatile u8 *)of += 1;
		linger(200);
	}
}

// INIT strikes while the CPU stores, with and without a step for each store.
void init_strikes_anywhere(void)
{
	for (u32 i = 0; i < RESTARTS; i++) {
		if (i % 2)
			protect(TESSERA_ACTION_AUDIT, page(71), 8);
		lay_out(1);
		cpu_start(1, store_for_ever, page(71));
		linger(1000 + i * 37);
		cpus[1].online = false;
		restart(1);
		if (i % 2)
			unprotect(TESSERA_ACTION_AUDIT, page(71), 8);
	}
	protect(TESSERA_ACTION_DENY, page(71), 8);
	cpu_start(1, store_denied, page(71));
	cpu_join(1);
}
