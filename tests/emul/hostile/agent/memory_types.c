// SPDX-License-Identifier: MIT
// PAT and MTRRs with types and addresses that the CPU refuses, and with some that it takes, from
// all CPUs at once.
//
// A10: a valid variable MTRR whose mask has holes would keep its CPU in root mode for 15 s of the
// emulator's time. Valid masks have no holes here.
#include "hv/x86/msr.h"
#include "hv/x86/insn.h"
#include "tests/emul/hostile/agent/hostile.h"

#define VARIABLE 8
#define VALID    BIT(11)
#define CASES    512

static const u32 fixed[] = { 0x250, 0x258, 0x259, 0x268, 0x269, 0x26a,
			     0x26b, 0x26c, 0x26d, 0x26e, 0x26f };

enum target { PAT, BASE, MASK, FIXED, DEFAULT, CAPABILITY, TARGETS };

static const u8 wrmsr_code[] = { 0x0f, 0x30 };
static const u8 rdmsr_code[] = { 0x0f, 0x32 };

static u32 msr_of(struct hostile *h, enum target t)
{
	switch (t) {
	case PAT:
		return IA32_PAT;
	case BASE:
		return IA32_MTRR_PHYSBASE0 + 2 * (u32)chance_below(h, VARIABLE);
	case MASK:
		return IA32_MTRR_PHYSBASE0 + 2 * (VARIABLE - 1) + 1; // firmware uses the others
	case FIXED:
		return fixed[chance_below(h, ARRAY_SIZE(fixed))];
	case DEFAULT:
		return IA32_MTRR_DEF_TYPE;
	default:
		return IA32_MTRRCAP;
	}
}

static u64 random_types(struct hostile *h)
{
	static const u8 good[] = { 0, 1, 4, 5, 6, 7 };
	u64 types = 0;

	for (u32 i = 0; i < 8; i++)
		types |= (u64)good[chance_below(h, ARRAY_SIZE(good))] << 8 * i;
	return chance_below(h, 3) ? types : types ^ BIT(chance_below(h, 64));
}

// Of 4 KiB to 64 GiB, without holes; or not valid, or with a bit that is reserved.
static u64 random_mask(struct hostile *h)
{
	u64 bits = BIT(cpuid(0x80000008, 0).eax & 0xff) - 1;
	u64 mask = ~(BIT(12 + chance_below(h, 24)) - 1) & bits;

	switch (chance_below(h, 8)) {
	case 0:
		return mask | VALID;
	case 1:
	case 2:
	case 3:
		return (mask ^ BIT(chance_below(h, 64))) & ~VALID;
	case 4:
	case 5:
		return mask | VALID | (bits + 1) << chance_below(h, 8);
	default:
		return mask | VALID | BIT(chance_below(h, 11));
	}
}

static u64 value_of(struct hostile *h, enum target t, u64 now)
{
	switch (t) {
	case MASK:
		return random_mask(h);
	case BASE:
		return chance_below(h, 2) ? now ^ BIT(chance_below(h, 64))
					  : (chance(h) >> 25 & ~0xfffULL) | chance_below(h, 8);
	case DEFAULT:
		return now ^ BIT(chance_below(h, 2) ? chance_below(h, 12) : chance_below(h, 64));
	case CAPABILITY:
		return chance(h);
	default:
		return random_types(h);
	}
}

static struct probe probe_msr(const u8 *bytes, u32 msr, u64 value)
{
	struct probe p = probe_of(place_code(bytes, sizeof(wrmsr_code), 0));

	p.gpr[RCX] = msr;
	p.gpr[RAX] = (u32)value;
	p.gpr[RDX] = value >> 32;
	return p;
}

static void play(struct hostile *h)
{
	enum target t = h->number % TARGETS;
	u32 msr = msr_of(h, t);
	u64 now = rdmsr(msr), value = value_of(h, t, now);
	struct probe p = probe_msr(wrmsr_code, msr, value);

	about(h, "wrmsr %x", msr);
	note(h, "value", value);
	run_and_note(h, &p, 0);
	p = probe_msr(rdmsr_code, msr, 0);
	run_and_note(h, &p, 0);
	p = probe_msr(wrmsr_code, msr, now);
	probe_run(&p);
}

const struct group memory_types_group = {
	.name = "memory_types", .cases = CASES, .split = true, .play = play
};
