// SPDX-License-Identifier: MIT
// RDMSR of both ranges that the MSR bitmap covers, and of samples outside.
#include "tests/emul/hostile/agent/hostile.h"

#define RANGE     0x2000
#define HIGH_BASE 0xc0000000U

static const u32 outside[] = {
	0x2000,     0x2001,     0x3fff,     0x10000,    0x3fffffff, 0x40000000,
	0x40000001, 0x40000073, 0x400000ff, 0x40001000, 0x4b564d00, 0x4b564d01,
	0x4b564d05, 0x7fffffff, 0x80000000, 0xbfffffff, 0xc0002000, 0xc0010000,
	0xc0010015, 0xc0010114, 0xc0011029, 0xdeadbeef, 0xfffffffe, 0xffffffff,
};

#define CASES (2 * RANGE + ARRAY_SIZE(outside))

// Their values are times, or addresses of the agent, which lies elsewhere under Tessera.
static const u32 values_differ[] = {
	0x10, 0xe7, 0xe8, 0x6e0, 0xc0000101,
};

// What docs/design.md says is hidden or refused, and what the emulator reads as 0 though no
// processor has it: see differences.py.
static const struct {
	u32 first, last;
} apart[] = {
	{ 0x11, 0x12 },     // of another hypervisor
	{ 0x3a, 0x3a },     // IA32_FEATURE_CONTROL
	{ 0x9b, 0x9b },     // IA32_SMM_MONITOR_CTL
	{ 0x3f4, 0x3f5 },   // IA32_PEBS_BASE and INDEX
	{ 0x480, 0x493 },   // VMX
	{ 0x560, 0x57f },   // Intel PT
	{ 0x600, 0x600 },   // IA32_DS_AREA
	{ 0x17d0, 0x17d1 }, // hardware feedback
	{ RANGE, HIGH_BASE - 1 }, { HIGH_BASE + RANGE, 0xffffffff },
};

static bool is_apart(u32 msr)
{
	for (u32 i = 0; i < ARRAY_SIZE(apart); i++)
		if (msr >= apart[i].first && msr <= apart[i].last)
			return true;
	return false;
}

static const u8 rdmsr_code[] = { 0x0f, 0x32 };

static u32 msr_of(struct hostile *h)
{
	u64 n = h->number;

	if (n >= CASES)
		return (u32)chance(h);
	return n < RANGE       ? (u32)n
	       : n < 2 * RANGE ? HIGH_BASE + (u32)n - RANGE
			       : outside[n - 2 * RANGE];
}

static bool value_differs(u32 msr)
{
	for (u32 i = 0; i < ARRAY_SIZE(values_differ); i++)
		if (values_differ[i] == msr)
			return true;
	return false;
}

static void play(struct hostile *h)
{
	u32 msr = msr_of(h);
	struct probe p = probe_of(place_code(rdmsr_code, sizeof(rdmsr_code), 0));

	h->apart = is_apart(msr);
	about(h, "rdmsr %x", msr);
	p.gpr[RCX] = msr;
	if (!value_differs(msr)) {
		run_and_note(h, &p, 0);
		return;
	}
	probe_run(&p);
	note(h, "vector", p.vector);
}

const struct group msr_read_group = {
	.name = "msr_read", .cases = CASES, .random = true, .play = play
};
