// SPDX-License-Identifier: MIT
// INIT followed at once by one SIPI, as the shortest start-up code sends them: 33 instructions
// apart, or as many as the second number says. The target is in whatever state it may be in.
#include "tests/emul/system/agent/starts.h"

#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/hammer.h"

#define PARAMETERS   0xf00
#define USUAL_DELAY  33
#define TIMES        8
#define PATIENCE     3000000 // turns until a CPU must have started
#define PAGE         72
#define DELAY_OF(x)  ((u32)(argument[2] ? argument[2] : (x)))
#define TO_THE_OTHER 1

extern const u8 quickstart_begin[], quickstart_end[], quickstart_nmi[];

// At the end of the start-up page; quickstart.asm knows the offsets.
struct quickstart {
	u32 page, root;
	u32 next, stride;
	u64 entry, argument, stack;
	u32 nmis; // out: taken in real mode
};

static volatile struct quickstart *quickstart(void)
{
	return (volatile struct quickstart *)(low_page + PARAMETERS);
}

static void resume(struct cpu *c)
{
	cpu_take_over(c);
	cpu_serve(c);
}

// CPUs that start draw the numbers from `first` up.
static void lay_out(u32 first)
{
	volatile struct quickstart *q = quickstart();

	memcpy(low_page, quickstart_begin, (u64)(quickstart_end - quickstart_begin));
	q->page = (u32)gpa_of(low_page);
	q->root = (u32)memory_root();
	q->next = q->nmis = 0;
	q->stride = sizeof(struct cpu);
	q->entry = (u64)resume;
	q->argument = (u64)&cpus[first];
	q->stack = (u64)cpus[first].stack + STACK_SIZE;
	for (u32 n = first; n < cpu_count; n++)
		cpus[n].online = false;
}

static u32 startup_command(void)
{
	return APIC_STARTUP | (u32)(gpa_of(low_page) >> 12);
}

// Gives up on a CPU that does not come, but brings it back first for the scenarios that follow.
static void expect_online(u32 n, u32 round)
{
	bool came;

	for (u32 i = 0; i < PATIENCE && !cpus[n].online; i++)
		pause();
	came = cpus[n].online;
	for (u32 i = 0; i < 100 && !cpus[n].online; i++) {
		apic_send(cpus[n].apic_id, APIC_INIT);
		linger(10000 + i * 37);
		apic_send(cpus[n].apic_id, startup_command());
		linger(50000);
	}
	CHECK(came, "CPU %u did not start, round %u", n, round);
}

static void nothing(void *of)
{
	*(volatile u32 *)of += 1;
}

static void expect_work(u32 n)
{
	volatile u32 ran = 0;

	cpu_start(n, nothing, (void *)&ran);
	cpu_join(n);
	same("jobs done", ran, 1);
}

static void start_other(struct apic_pair pair)
{
	for (u32 i = 0; i < TIMES; i++) {
		lay_out(TO_THE_OTHER);
		cpus[TO_THE_OTHER].job = NULL;
		linger(i * 37);
		apic_send_pair(pair, DELAY_OF(USUAL_DELAY));
		expect_online(TO_THE_OTHER, i);
		expect_work(TO_THE_OTHER);
	}
}

static struct apic_pair to_the_other(void)
{
	u32 id = cpus[TO_THE_OTHER].apic_id;

	return (struct apic_pair){ id, APIC_INIT, id, startup_command() };
}

void sipi_at_once_to_a_halted_cpu(void)
{
	start_other(to_the_other());
}

static void start_a_busy_one(job work, void *of)
{
	for (u32 i = 0; i < TIMES; i++) {
		cpu_start(TO_THE_OTHER, work, of);
		linger(1000 + i * 37);
		lay_out(TO_THE_OTHER);
		cpus[TO_THE_OTHER].job = NULL;
		apic_send_pair(to_the_other(), DELAY_OF(USUAL_DELAY));
		expect_online(TO_THE_OTHER, i);
		expect_work(TO_THE_OTHER);
	}
}

static void store_for_ever(void *of)
{
	for (;;)
		*(volatile u8 *)of += 1;
}

void sipi_at_once_to_a_running_cpu(void)
{
	start_a_busy_one(store_for_ever, page(PAGE));
}

static void exit_for_ever(void *of)
{
	(void)of;
	for (;;)
		cpuid(0, 0);
}

void sipi_at_once_to_an_exiting_cpu(void)
{
	start_a_busy_one(exit_for_ever, NULL);
}

void sipi_at_once_to_a_stepping_cpu(void)
{
	if (tessera_present())
		protect(TESSERA_ACTION_AUDIT, page(PAGE), 8);
	start_a_busy_one(store_for_ever, page(PAGE));
}

void sipi_at_once_to_a_waiting_cpu(void)
{
	for (u32 i = 0; i < TIMES; i++) {
		lay_out(TO_THE_OTHER);
		apic_send(cpus[TO_THE_OTHER].apic_id, APIC_INIT);
		linger(10000 + i * 37);
		apic_send_pair(to_the_other(), DELAY_OF(USUAL_DELAY));
		expect_online(TO_THE_OTHER, i);
		expect_work(TO_THE_OTHER);
	}
}

void sipi_at_once_by_shorthand(void)
{
	for (u32 i = 0; i < TIMES; i++) {
		lay_out(1);
		linger(i * 37);
		apic_send_pair((struct apic_pair){ 0, APIC_OTHERS | APIC_INIT, 0,
						   APIC_OTHERS | startup_command() },
			       DELAY_OF(USUAL_DELAY));
		for (u32 n = 1; n < cpu_count; n++)
			expect_online(n, i);
		for (u32 n = 1; n < cpu_count; n++)
			expect_work(n);
	}
}

static void become_logical(void *of)
{
	(void)of;
	apic_set_logical_id(0x40);
}

// INIT resets the logical ID, so the SIPI goes by the physical one.
void sipi_at_once_after_a_logical_init(void)
{
	u32 id = cpus[TO_THE_OTHER].apic_id;

	for (u32 i = 0; i < TIMES; i++) {
		cpu_start(TO_THE_OTHER, become_logical, NULL);
		cpu_join(TO_THE_OTHER);
		lay_out(TO_THE_OTHER);
		linger(10000 + i * 37);
		apic_send_pair((struct apic_pair){ 0x40, APIC_LOGICAL | APIC_INIT, id,
						   startup_command() },
			       DELAY_OF(USUAL_DELAY));
		expect_online(TO_THE_OTHER, i);
	}
}

// All the other CPUs, one after the other, without waiting for any of them.
void sipis_in_a_row(void)
{
	for (u32 i = 0; i < TIMES; i++) {
		u32 id[CPUS_MAX];

		for (u32 n = 1; n < cpu_count; n++)
			id[n] = cpus[n].apic_id;
		lay_out(1);
		linger(i * 37);
		for (u32 n = 1; n < cpu_count; n++)
			apic_send_pair((struct apic_pair){ id[n], APIC_INIT, id[n],
							   startup_command() },
				       DELAY_OF(USUAL_DELAY));
		for (u32 n = 1; n < cpu_count; n++)
			expect_online(n, i);
		for (u32 n = 1; n < cpu_count; n++)
			expect_work(n);
	}
}

// The compiler takes pointers to the first page for mistakes.
static volatile void *low_memory(u64 address)
{
	__asm__("" : "+r"(address));
	return (volatile void *)address;
}

// A CPU that waits for SIPI takes an NMI after its start: in real mode, by vector 2 of the table at
// address 0, on the stack at the end of the first 64 KiB.
static void real_mode_nmis(bool on)
{
	static u32 firmware_gate;
	static u64 firmware_stack;
	volatile u32 *gate = low_memory(V_NMI * 4);
	volatile u64 *stack = low_memory(0xfff8);

	if (on) {
		firmware_gate = *gate;
		firmware_stack = *stack;
		*gate = (u32)gpa_of(low_page) << 12 | (u32)(quickstart_nmi - quickstart_begin);
	} else {
		*gate = firmware_gate;
		*stack = firmware_stack;
	}
}

void nmi_while_waiting_for_sipi(void)
{
	u32 id = cpus[TO_THE_OTHER].apic_id, came = 0;

	gate_set(V_NMI, light_gate, IST_NMI, 0);
	real_mode_nmis(true);
	for (u32 i = 0; i < TIMES * 4; i++) {
		memset(&cpus[TO_THE_OTHER].light, 0, sizeof(struct light));
		lay_out(TO_THE_OTHER);
		linger(i * 37);
		apic_send_pair((struct apic_pair){ id, APIC_INIT, id, APIC_NMI }, 33 + i * 8);
		linger(10000);
		apic_send(id, startup_command());
		expect_online(TO_THE_OTHER, i);
		expect_work(TO_THE_OTHER);
		came += cpus[TO_THE_OTHER].light.count + quickstart()->nmis;
	}
	real_mode_nmis(false);
	gate_reset(V_NMI);
	same("NMIs", came, TIMES * 4);
}

static void to_x2apic(void *of)
{
	(void)of;
	apic_to_x2apic();
	cpu_this()->apic_id = apic_id();
}

void x2apic_begins(void)
{
	for (u32 n = 1; n < cpu_count; n++) {
		cpu_start(n, to_x2apic, NULL);
		cpu_join(n);
	}
	to_x2apic(NULL);
	for (u32 n = 1; n < cpu_count; n++)
		expect_work(n);
}

void sipi_at_once_in_x2apic_mode(void)
{
	start_other(to_the_other());
	start_a_busy_one(store_for_ever, page(PAGE));
	start_a_busy_one(exit_for_ever, NULL);
	sipi_at_once_to_a_waiting_cpu();
}

void sipi_at_once_by_shorthand_in_x2apic_mode(void)
{
	sipi_at_once_by_shorthand();
	sipis_in_a_row();
}

// The logical ID follows from the physical one. The emulator forgets it at INIT, which the manual
// does not say; so here too the SIPI goes by the physical one.
void sipi_at_once_by_logical_id_in_x2apic_mode(void)
{
	u32 id = cpus[TO_THE_OTHER].apic_id, logical = id >> 4 << 16 | 1U << id % 16;

	start_other((struct apic_pair){ logical, APIC_LOGICAL | APIC_INIT, id, startup_command() });
}
