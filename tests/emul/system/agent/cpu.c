// SPDX-License-Identifier: MIT
#include "tests/emul/system/agent/agent.h"

#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/system/agent/apic.h"

#define GATE_PRESENT   BIT(47)
#define GATE_INTERRUPT (0xeULL << 40)

#define CR0_MP         BIT(1)
#define CR0_EM         BIT(2)
#define CR0_TS         BIT(3)
#define CR4_OSFXSR     BIT(9)
#define CR4_OSXMMEXCPT BIT(10)
#define CR4_OSXSAVE    BIT(18)
#define PATIENCE       50000000
#define XSAVE_LEAF     0xd
#define XCR0_KNOWN     0xe7 // x87, SSE, AVX, AVX-512

struct gate {
	u64 low, high;
};

struct cpu cpus[CPUS_MAX];
u32 cpu_count = 1;
static struct gate idt[256] __attribute__((aligned(16)));

// cpu.inc
_Static_assert(offsetof(struct cpu, probe) == 8, "CPU_PROBE");
_Static_assert(offsetof(struct cpu, probe_rsp) == 16, "CPU_PROBE_RSP");
_Static_assert(offsetof(struct cpu, scratch) == 24, "CPU_SCRATCH");
_Static_assert(offsetof(struct cpu, descriptor) == 48, "CPU_DESCRIPTOR");
_Static_assert(offsetof(struct cpu, light.count) == 56, "CPU_LIGHT_COUNT");
_Static_assert(offsetof(struct cpu, light.frame) == 64, "CPU_LIGHT_FRAME");
_Static_assert(offsetof(struct probe, rflags) == 128, "PROBE_RFLAGS");
_Static_assert(offsetof(struct probe, code) == 136, "PROBE_CODE");

static const u64 segments[] = {
	[SEL_CODE / 8] = 0x00af9b000000ffff,
	[SEL_DATA / 8] = 0x00cf93000000ffff,
	[SEL_USER_DATA / 8] = 0x00cff3000000ffff,
	[SEL_USER_CODE / 8] = 0x00affb000000ffff,
};

static void load_segments(void)
{
	__asm__ volatile(
		"pushq %[code]\n"
		"leaq 1f(%%rip), %%rax\n"
		"pushq %%rax\n"
		"lretq\n"
		"1: mov %[data], %%ds\n"
		"mov %[data], %%es\n"
		"mov %[data], %%ss\n"
		"mov %[null], %%fs\n"
		"mov %[null], %%gs\n"
		"ltr %[tss]"
		:
		: [code] "i"(SEL_CODE), [data] "r"(SEL_DATA), [null] "r"(0), [tss] "r"((u16)SEL_TSS)
		: "rax", "memory");
}

static void build_gdt(struct cpu *c)
{
	u64 base = (u64)&c->tss;

	for (u32 i = 0; i < ARRAY_SIZE(segments); i++)
		c->gdt[i] = segments[i];
	c->gdt[SEL_TSS / 8] = (sizeof(c->tss) - 1) | (base & 0xffffff) << 16 | 0x89ULL << 40 |
			      (base >> 24 & 0xff) << 56;
	c->gdt[SEL_TSS / 8 + 1] = base >> 32;
	for (u32 i = 0; i < IST_TEST; i++)
		c->tss.ist[i] = (u64)c->ist_stack[i] + IST_STACK_SIZE;
	c->tss.rsp[0] = c->tss.ist[IST_FAULT - 1];
	c->tss.io_map = sizeof(c->tss);
}

void gate_set(u32 vector, void (*entry)(void), u32 ist, u32 level)
{
	u64 to = (u64)entry;

	idt[vector].high = to >> 32;
	idt[vector].low = (to & 0xffff) | SEL_CODE << 16 | (u64)ist << 32 | GATE_INTERRUPT |
			  (u64)level << 45 | GATE_PRESENT | (to >> 16 & 0xffff) << 48;
}

void gate_reset(u32 vector)
{
	u32 ist = vector == V_NMI ? IST_NMI : vector == V_DB ? IST_DEBUG : IST_FAULT;

	gate_set(vector, (void (*)(void))(trap_stubs + vector * TRAP_STUB_SIZE), ist,
		 vector == V_USER_END ? 3 : 0);
}

// All the vector state that the CPU has and that we know.
static void allow_vectors(void)
{
	u64 state = cpuid(XSAVE_LEAF, 0).eax & XCR0_KNOWN;

	write_cr0((read_cr0() | CR0_MP) & ~(CR0_EM | CR0_TS));
	write_cr4(read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_OSXSAVE);
	__asm__ volatile("xsetbv" ::"a"((u32)state), "d"(0), "c"(0));
}

void cpu_init(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(idt); i++)
		gate_reset(i);
	gate_set(WAKE_VECTOR, wake_gate, IST_FAULT, 0);
}

// The firmware's timer may have left an interrupt behind: trap() drops it.
static void take_old_interrupts(void)
{
	__asm__ volatile("sti\n"
			 "nop\n"
			 "nop\n"
			 "cli" ::
				 : "memory");
}

void cpu_take_over(struct cpu *c)
{
	struct descriptor_table gdtr = { sizeof(c->gdt) - 1, (u64)c->gdt };
	struct descriptor_table idtr = { sizeof(idt) - 1, (u64)idt };

	c->self = c;
	c->number = (u32)(c - cpus);
	build_gdt(c);
	memory_enter();
	lgdt(&gdtr);
	load_segments();
	lidt(&idtr);
	wrmsr(IA32_GS_BASE, (u64)c);
	allow_vectors();
	apic_quiet();
	c->apic_id = apic_id();
	take_old_interrupts();
	c->online = true;
}

bool cpu_attempt(struct cpu *c, job f, void *job_argument)
{
	c->probe = NULL;
	c->hook = NULL;
	c->complaint[0] = 0;
	if (__builtin_setjmp(c->rescue))
		return false;
	f(job_argument);
	return true;
}

void cpu_serve(struct cpu *c)
{
	for (;;) {
		while (!c->job)
			__asm__ volatile("sti\n"
					 "hlt\n"
					 "cli" ::
						 : "memory");
		c->failed = !cpu_attempt(c, c->job, c->job_argument);
		__atomic_store_n(&c->job, NULL, __ATOMIC_SEQ_CST);
	}
}

void cpu_start(u32 n, job work, void *job_argument)
{
	struct cpu *c = &cpus[n];

	c->job_argument = job_argument;
	__atomic_store_n(&c->job, work, __ATOMIC_SEQ_CST);
	apic_send(c->apic_id, APIC_FIXED | WAKE_VECTOR);
}

void cpu_join(u32 n)
{
	while (cpus[n].job)
		pause();
	CHECK(!cpus[n].failed, "processor %u: %s", n, cpus[n].complaint);
}

bool cpu_all_idle(void)
{
	for (u32 n = 1; n < cpu_count; n++)
		for (u32 i = 0; cpus[n].job; i++) {
			if (i == PATIENCE)
				return false;
			pause();
		}
	return true;
}
