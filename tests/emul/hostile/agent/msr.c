// SPDX-License-Identifier: MIT
// RDMSR and WRMSR of both ranges that the MSR bitmap covers, and of samples outside.
#include "tests/emul/hostile/agent/hostile.h"

#define RANGE     0x2000
#define HIGH_BASE 0xc0000000U

static const u32 outside[] = {
	0x2000,     0x2001,     0x3fff,     0x10000,    0x3fffffff, 0x40000000,
	0x40000001, 0x40000073, 0x400000ff, 0x40001000, 0x4b564d00, 0x4b564d01,
	0x4b564d05, 0x7fffffff, 0x80000000, 0xbfffffff, 0xc0002000, 0xc0010000,
	0xc0010015, 0xc0010114, 0xc0011029, 0xdeadbeef, 0xfffffffe, 0xffffffff,
};

#define MSRS (2 * RANGE + ARRAY_SIZE(outside))

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
	{ 0x1cc, 0x1d4 },   // FRED
	{ 0x3f4, 0x3f5 },   // IA32_PEBS_BASE and INDEX
	{ 0x480, 0x493 },   // VMX
	{ 0x560, 0x57f },   // Intel PT
	{ 0x600, 0x600 },   // IA32_DS_AREA
	{ 0x17d0, 0x17d4 }, // hardware feedback
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
static const u8 wrmsr_code[] = { 0x0f, 0x30 };

static u32 msr_of(u64 n)
{
	return n < RANGE       ? (u32)n
	       : n < 2 * RANGE ? HIGH_BASE + (u32)n - RANGE
			       : outside[n - 2 * RANGE];
}

static struct probe probe_msr(const u8 *bytes, u32 msr, u64 value)
{
	struct probe p = probe_of(place_code(bytes, sizeof(rdmsr_code), 0));

	p.gpr[RCX] = msr;
	p.gpr[RAX] = (u32)value;
	p.gpr[RDX] = value >> 32;
	return p;
}

static bool is_listed(const u32 *list, u32 length, u32 msr)
{
	for (u32 i = 0; i < length; i++)
		if (list[i] == msr)
			return true;
	return false;
}

static bool value_differs(u32 msr)
{
	return is_listed(values_differ, ARRAY_SIZE(values_differ), msr);
}

static void play_read(struct hostile *h)
{
	u32 msr = msr_of(h->number);
	struct probe p = probe_msr(rdmsr_code, msr, 0);

	h->apart = is_apart(msr);
	about(h, "rdmsr %x", msr);
	if (!value_differs(msr)) {
		run_and_note(h, &p, 0);
		return;
	}
	probe_run(&p);
	note(h, "vector", p.vector);
}

const struct group msr_read_group = { .name = "msr_read", .cases = MSRS, .play = play_read };

// These can be read: IA32_MISC_ENABLE, IA32_DEBUGCTL, IA32_PEBS_ENABLE and IA32_TME_ACTIVATE; and
// what PEBS starts counters from again.
static const u32 write_apart[] = { 0x1a0, 0x1d9, 0x3f1, 0x982 };

static bool is_reload(u32 msr)
{
	return msr >= 0x1900 && msr < 0x1a00 && msr % 4 == 3;
}

// Not written, and why.
static const u32 never_written[] = {
	0xe7,       0xe8,  0x10,  0x3b, 0x6e0, // the time
	0x1b,                                  // the APIC's base: apic.c
	0x79,                     // a microcode update is dropped, and counted in the log
	0x17,       0xfe,  0x10a, // the emulator panics
	0x830,      0x83f,        // would send an interrupt if the APIC were in x2APIC mode
	0xc0000101,               // the agent finds its CPU by it
};

// The emulator panics, except where Tessera refuses: without it, the case has no result.
#define FIRST_VMX 0x480
#define LAST_VMX  0x493

// The memory types of addresses: memory_types.c.
#define FIRST_MTRR 0x200
#define LAST_MTRR  0x26f
#define PAT        0x277
#define DEF_TYPE   0x2ff

static bool is_left_out(u32 msr)
{
	return (msr >= FIRST_MTRR && msr <= LAST_MTRR) || msr == PAT || msr == DEF_TYPE ||
	       is_listed(never_written, ARRAY_SIZE(never_written), msr);
}

// For cases at random: MSRs that a kernel writes to, or that a processor checks.
static const u32 worth_writing[] = {
	0x1b0,      0x1d9,      0x3a,       0x48,       0x49,       0x122,      0x123,
	0x174,      0x175,      0x176,      0x17a,      0x17f,      0x186,      0x187,
	0x1a0,      0x1a2,      0x1fc,      0x309,      0x345,      0x38d,      0x38f,
	0x390,      0x3f1,      0x400,      0x401,      0x480,      0x48f,      0x560,
	0x570,      0x600,      0x6a0,      0x6a2,      0x6a4,      0x6a7,      0x6a8,
	0x6e1,      0x770,      0x774,      0x808,      0x80b,      0xc80,      0xd90,
	0xda0,      0xe1,       0x17d0,     0xc0000080, 0xc0000081, 0xc0000082, 0xc0000083,
	0xc0000084, 0xc0000100, 0xc0000102, 0xc0000103, 0xc0000104, 0x9b,       0x982,
};

static u64 random_value(struct hostile *h, u64 now)
{
	switch (chance_below(h, 5)) {
	case 0:
		return BIT(chance_below(h, 64));
	case 1:
		return now ^ BIT(chance_below(h, 64));
	case 2:
		return chance(h) >> chance_below(h, 64);
	case 3:
		return 0xffff800000000000 ^ chance(h) >> 17;
	default:
		return chance(h);
	}
}

static u64 value_of(struct hostile *h, u64 now)
{
	const u64 simple[] = { now, 0, ~0ULL };
	u64 n = chance_below(h, 2 * ARRAY_SIZE(simple));

	return n < ARRAY_SIZE(simple) ? simple[n] : random_value(h, now);
}

static void play_write(struct hostile *h)
{
	u32 msr = h->number < MSRS ? msr_of(h->number)
				   : worth_writing[chance_below(h, ARRAY_SIZE(worth_writing))];
	struct probe p = probe_msr(rdmsr_code, msr, 0);
	bool readable;
	u64 now, value;

	h->apart = is_apart(msr) || is_reload(msr) ||
		   is_listed(write_apart, ARRAY_SIZE(write_apart), msr);
	if (is_left_out(msr))
		return;
	if (msr >= FIRST_VMX && msr <= LAST_VMX && !tessera_present()) {
		about(h, "wrmsr %x", msr);
		return;
	}
	probe_run(&p);
	readable = p.vector == NO_FAULT;
	now = readable ? (u32)p.gpr[RAX] | p.gpr[RDX] << 32 : 0;
	value = value_of(h, now);
	about(h, "wrmsr %x", msr);
	note(h, "value", value);
	p = probe_msr(wrmsr_code, msr, value);
	run_and_note(h, &p, 0);
	p = probe_msr(rdmsr_code, msr, 0);
	if (!value_differs(msr))
		run_and_note(h, &p, 0);
	p = probe_msr(wrmsr_code, msr, now);
	if (readable)
		probe_run(&p);
}

const struct group msr_write_group = {
	.name = "msr_write", .cases = MSRS, .random = true, .split = true, .play = play_write
};
