// SPDX-License-Identifier: MIT
// Round trips of instructions that exit, or that do not where the hypervisor stays out of the way.
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tessera/hypercall.h"
#include "tests/bench/agent/measure.h"
#include "tests/bench/agent/parts.h"

#define CR4_OSXSAVE BIT(18)
#define XCR0_X87    1

// A leaf that every CPU has and that nothing is taken away from.
static void run_cpuid(void)
{
	cpuid(2, 0);
}

// No more registers than this call takes.
static void run_hypercall(void)
{
	u64 rax = TESSERA_CALL_QUERY, rdx;

	__asm__ volatile("vmcall" : "+a"(rax), "=d"(rdx) : "D"(TESSERA_QUERY_ABI) : "memory");
}

static void run_xsetbv(void)
{
	__asm__ volatile("xsetbv" ::"c"(0), "a"(XCR0_X87), "d"(0));
}

static void run_rdmsr(void)
{
	rdmsr(IA32_EFER);
}

static void run_rdmsr_exit(void)
{
	rdmsr(IA32_FEATURE_CONTROL);
}

// The most that one write to an MSR costs: half of all pages of a mask with a hole become UC, and
// WB again. The last pair is one that the firmware does not use.
static void run_mtrr_hole(void)
{
	u32 last = (rdmsr(IA32_MTRRCAP) & 0xff) - 1, mask = IA32_MTRR_PHYSBASE0 + 2 * last + 1;
	u64 before = rdmsr(mask);

	wrmsr(mask, PAGE_SIZE | BIT(11));
	wrmsr(mask, before);
}

// How the clock counts.
static void run_loop(void)
{
	u32 n = 500;

	__asm__ volatile("1: decl %0\n"
			 "jnz 1b"
			 : "+r"(n)::"cc");
}

void measure_exits(void)
{
	static const struct operation operations[] = {
		{ .name = "loop_1000", .run = run_loop },
		{ .name = "cpuid", .run = run_cpuid },
		{ .name = "xsetbv", .run = run_xsetbv },
		{ .name = "rdmsr", .run = run_rdmsr },
		{ .name = "rdmsr_exit", .run = run_rdmsr_exit },
		{ .name = "wrmsr_mtrr_hole", .run = run_mtrr_hole },
	};
	static const struct operation hypercall = { .name = "hypercall_null",
						    .run = run_hypercall };

	write_cr4(read_cr4() | CR4_OSXSAVE);
	for (u32 i = 0; i < ARRAY_SIZE(operations); i++)
		measure(&operations[i]);
	if (under_tessera)
		measure(&hypercall);
}
