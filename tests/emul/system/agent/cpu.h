// SPDX-License-Identifier: MIT
// The agent's CPUs: each has a GDT, TSS, IDT stacks and a mailbox of its own.
#ifndef AGENT_CPU_H
#define AGENT_CPU_H

#include "hv/lib/types.h"

#define CPUS_MAX   8
#define STACK_SIZE 0x4000

enum selector {
	SEL_CODE = 0x08,
	SEL_DATA = 0x10,
	SEL_USER_DATA = 0x18 | 3,
	SEL_USER_CODE = 0x20 | 3,
	SEL_TSS = 0x28,
};
#define GDT_ENTRIES 7 // the TSS takes two

// Which stack an interrupt gate uses. 0 is whatever stack is in use.
enum ist { IST_NONE, IST_FAULT, IST_NMI, IST_DEBUG, IST_TEST };
#define IST_STACK_SIZE 0x1000

// What light_gate notes: the frame that the CPU pushed, and how often.
struct light {
	u64 count;
	u64 frame[6]; // error code (where there is one), RIP, CS, RFLAGS, RSP, SS
};

struct probe;
struct frame;
typedef void (*job)(void *argument);
typedef bool (*trap_hook)(struct frame *f);

struct __attribute__((packed)) tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 io_map;
};

// trap_entry.asm knows the offsets of the first members: cpu.inc.
struct cpu {
	struct cpu *self;
	struct probe *probe; // the innermost one under way
	u64 probe_rsp;
	u64 scratch[3];
	u64 *descriptor; // for iret_gate: of CS
	struct light light;

	u32 number, apic_id;
	trap_hook hook;  // looks at traps first; true = handled
	void *rescue[5]; // where fail() goes
	char complaint[200];

	job volatile job; // the mailbox: set by the first CPU, cleared by this one
	void *job_argument;
	volatile bool failed;
	volatile bool online;

	u64 gdt[GDT_ENTRIES];
	struct tss tss;
	u8 stack[STACK_SIZE] __attribute__((aligned(16)));
	u8 ist_stack[IST_TEST][IST_STACK_SIZE] __attribute__((aligned(16)));
};

extern struct cpu cpus[CPUS_MAX];
extern u32 cpu_count;

static inline struct cpu *cpu_this(void)
{
	struct cpu *c;

	__asm__ volatile("movq %%gs:0, %0" : "=r"(c));
	return c;
}

// Fills the IDT, which all CPUs share.
void cpu_init(void);

// Loads this CPU's tables. Interrupts are off before and after.
void cpu_take_over(struct cpu *c);

// Sets the gate of a vector, for all CPUs: an enum ist; level 3 lets CPL 3 call it.
void gate_set(u32 vector, void (*entry)(void), u32 ist, u32 level);

// Puts a vector back to the common handler.
void gate_reset(u32 vector);

// Runs a job on CPU n (not 0). start returns at once; join waits, and fails the scenario if
// the job failed.
void cpu_start(u32 n, job work, void *job_argument);
void cpu_join(u32 n);

// Waits until all CPUs are idle, for a reasonable time at most.
bool cpu_all_idle(void);

// The life of every CPU but the first: waits for jobs. Never returns.
void cpu_serve(struct cpu *c) __attribute__((noreturn));

// Runs f so that a fail() in it comes back here: true when f ended by itself.
bool cpu_attempt(struct cpu *c, job f, void *job_argument);

// Gates of trap_entry.asm. light_gate counts, copies the frame without touching the stack that the
// CPU chose, and returns; it is only for vectors without an error code. light_end_gate ends
// the probe under way instead. wake_gate only ends the interrupt. iret_gate is for NMIs: the first
// time it sends itself another one, and its IRET has to set the accessed bit of CS's descriptor.
void light_gate(void);
void light_end_gate(void);
void wake_gate(void);
void iret_gate(void);
void iret_gate_end(void);

extern u8 trap_stubs[];
#define TRAP_STUB_SIZE 16

#endif
