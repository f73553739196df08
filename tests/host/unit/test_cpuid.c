// SPDX-License-Identifier: MIT
// Sources: vmx/exit/cpuid_known.c
// B10, C8: what a guest sees of CPUID on processors of today and of the future. The names here are
// the manual's, so that the masks of the table and this list check each other.
#include <stdio.h>

#include "hv/x86/regs.h"
#include "tests/host/test.h"
#include "vmx/exit/cpuid_known.h"

#define HIGHEST 0x24

// What the CPU gives in its four registers, and what is left of that.
static const u64 *keep(u32 leaf, u32 subleaf, u64 value)
{
	static u64 r[4];

	for (u32 i = 0; i < ARRAY_SIZE(r); i++)
		r[i] = value;
	cpuid_keep_known(leaf, subleaf, r);
	return r;
}

// Every bit of a register that a processor may set: bit ranges, as "LOW-HIGH" or "BIT".
struct shown {
	u32 leaf, subleaf, reg;
	const char *bits;
};

static const struct shown shown[] = {
	{ 1, 0, RAX, "0-31" },
	{ 1, 0, RBX, "0-31" },
	// SSE3, PCLMUL; MONITOR; EST to x2APIC, but for SMX and below; ... HYPERVISOR
	{ 1, 0, RCX, "0-1 3 7-15 17-31" },
	// FPU to APIC; SEP to CLFLUSH; ACPI to TM; PBE
	{ 1, 0, RDX, "0-9 11-19 22-29 31" },
	// DTS, turbo, ARAT; PLN to HWP_PKG; HDC to FAST_HWP; IGN_IDLE; HWP_CTL; thermal interrupt
	{ 6, 0, RAX, "0-2 4-11 13-18 20 22 24" },
	{ 6, 0, RBX, "0-3" },
	{ 6, 0, RCX, "0 3" }, // APERF and MPERF, EPB
	{ 6, 0, RDX, "" },
	// FSGSBASE to AVX512_IFMA; CLFLUSHOPT, CLWB; AVX512PF to AVX512VL
	{ 7, 0, RBX, "0-21 23-24 26-31" },
	// PREFETCHWT1 to VPOPCNTDQ; LA57 to CLDEMOTE; MOVDIRI to PKS
	{ 7, 0, RCX, "0-14 16-25 27-31" },
	// SGX_KEYS to UINTR; VP2INTERSECT to RTM_ABORT; TSX_FORCE_ABORT to TSXLDTRK; LBR, IBT; AMX
	// ...
	{ 7, 0, RDX, "1-5 8-11 13-16 19-20 22-31" },
	// SHA512 to PERFMON_EXT; FZRM to FSRC; LKGS, WRMSRNS; AMX_FP16 to AVX_IFMA; LAM; INVD;
	// MOVRS
	{ 7, 1, RAX, "0-8 10-12 18-19 21-23 26 30-31" },
	{ 7, 1, RBX, "0 3" }, // PPIN, no limit of leaves
	{ 7, 1, RCX, "" },
	// AVX_VNNI_INT8, AVX_NE_CONVERT; AMX_COMPLEX; INT16; PREFETCHI; UIRET_UIF; AVX10; 22-24
	{ 7, 1, RDX, "4-5 8 10 14 17 19 22-24" },
	{ 7, 2, RAX, "" },
	{ 7, 2, RDX, "0-7" },
	{ 0xd, 0, RAX, "0-7 9 17-18" },
	{ 0xd, 0, RBX, "0-31" },
	{ 0xd, 0, RCX, "0-31" },
	{ 0xd, 0, RDX, "" },
	{ 0xd, 1, RAX, "0-4" },
	{ 0xd, 1, RBX, "0-31" },
	{ 0xd, 1, RCX, "10-16" },
	{ 0xd, 1, RDX, "" },
	{ 0x23, 0, RAX, "0-3" },
	{ 0x23, 0, RBX, "0-2" },
	{ 0x80000001, 0, RCX, "0 5 8" },          // LAHF, LZCNT, PREFETCHW
	{ 0x80000001, 0, RDX, "11 20 26-27 29" }, // SYSCALL, NX, 1 GiB pages, RDTSCP, LM
	{ 0x80000007, 0, RAX, "" },
	{ 0x80000007, 0, RDX, "8" },
	{ 0x80000008, 0, RAX, "0-31" },
	{ 0x80000008, 0, RBX, "9" },
	{ 0x80000008, 0, RCX, "" },
};

static u32 mask_of(const char *bits)
{
	u32 mask = 0, low, high;
	int length;

	while (*bits) {
		if (sscanf(bits, "%u-%u%n", &low, &high, &length) != 2) {
			assert_int_equal(sscanf(bits, "%u%n", &low, &length), 1);
			high = low;
		}
		for (; low <= high; low++)
			mask |= 1U << low;
		bits += length;
		bits += *bits == ' ';
	}
	return mask;
}

static void only_known_bits_are_shown(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(shown); i++) {
		const struct shown *s = &shown[i];
		u64 value = keep(s->leaf, s->subleaf, 0xffffffff)[s->reg];

		if (value != mask_of(s->bits))
			fail_msg("leaf 0x%x.%u register %u: 0x%lx, not 0x%x", s->leaf, s->subleaf,
				 s->reg, value, mask_of(s->bits));
	}
}

// Features whose exits, stores or state Tessera cannot handle, whatever else is shown.
static void features_with_exits_or_stores_are_hidden(void **state)
{
	static const struct {
		const char *name;
		u32 leaf, subleaf, reg, bit;
	} hidden[] = {
		{ "DTES64", 1, 0, RCX, 2 },
		{ "DS-CPL", 1, 0, RCX, 4 },
		{ "VMX", 1, 0, RCX, 5 },
		{ "SMX", 1, 0, RCX, 6 },
		{ "DS", 1, 0, RDX, 21 },
		{ "HFI", 6, 0, RAX, 19 },
		{ "ITD", 6, 0, RAX, 23 },
		{ "ITD's classes", 6, 0, RCX, 8 },
		{ "HFI's size", 6, 0, RDX, 8 },
		{ "PT", 7, 0, RBX, 25 },
		{ "PCONFIG", 7, 0, RDX, 18 },
		{ "FRED", 7, 1, RAX, 17 },
		{ "NMI_SRC", 7, 1, RAX, 20 },
		{ "MSRLIST", 7, 1, RAX, 27 },
		{ "TSE", 7, 1, RBX, 1 },
		{ "MSR_IMM", 7, 1, RCX, 5 },
		{ "USER_MSR", 7, 1, RDX, 15 },
		{ "CET_SSS", 7, 1, RDX, 18 },
		{ "APX", 7, 1, RDX, 21 },
		{ "PT's state", 0xd, 1, RCX, 8 },
		{ "APX's state", 0xd, 0, RAX, 19 },
		{ "PEBS", 0x23, 0, RAX, 4 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(hidden); i++)
		if (keep(hidden[i].leaf, hidden[i].subleaf, ~0ULL)[hidden[i].reg] &
		    BIT(hidden[i].bit))
			fail_msg("%s is shown", hidden[i].name);
}

static bool is_empty(const u64 *r)
{
	return !r[RAX] && !r[RBX] && !r[RCX] && !r[RDX];
}

static void unknown_leaves_are_empty(void **state)
{
	static const struct {
		u32 leaf, subleaf;
	} unknown[] = {
		{ 8, 0 },    { 0xc, 0 },  { 0xe, 0 },  { 0x11, 0 },  { 0x13, 0 },    { 0x14, 0 },
		{ 0x14, 1 }, { 0x1b, 0 }, { 0x21, 0 }, { 0x22, 0 },  { 7, 3 },       { 7, 0xff },
		{ 0xd, 8 },  { 0xd, 19 }, { 0xd, 20 }, { 0xd, 63 },  { 0xd, 64 },    { 0xd, 66 },
		{ 0x23, 4 }, { 0x23, 5 }, { 0x23, 6 }, { 0x23, 65 }, { 7, 0x10000 }, { 0xd, 256 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(unknown); i++)
		if (!is_empty(keep(unknown[i].leaf, unknown[i].subleaf, 0xffffffff)))
			fail_msg("leaf 0x%x.%u is shown", unknown[i].leaf, unknown[i].subleaf);
}

static void leaves_that_describe_are_shown_whole(void **state)
{
	static const u32 whole[] = { 2,          3,         4,    5,    9,          0xa,
				     0xb,        0xf,       0x10, 0x12, 0x15,       0x16,
				     0x17,       0x18,      0x19, 0x1a, 0x1c,       0x1d,
				     0x1e,       0x1f,      0x20, 0x24, 0x80000002, 0x80000003,
				     0x80000004, 0x80000006 };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(whole); i++)
		for (u32 reg = RAX; reg <= RBX; reg++)
			assert_int_equal(keep(whole[i], i, 0x12345678)[reg], 0x12345678);
	assert_int_equal(keep(0xd, 2, 0x240)[RBX], 0x240); // where AVX lies
	assert_int_equal(keep(0x23, 1, 0xff)[RAX], 0xff);
}

static void highest_leaves_are_no_masks(void **state)
{
	(void)state;
	assert_int_equal(keep(0, 0, 0x16)[RAX], 0x16);
	assert_int_equal(keep(0, 0, 0x756e6547)[RBX], 0x756e6547); // "Genu"
	assert_int_equal(keep(0, 0, 0x29)[RAX], HIGHEST);
	assert_int_equal(keep(7, 0, 1)[RAX], 1);
	assert_int_equal(keep(7, 0, 5)[RAX], 2);
	assert_int_equal(keep(0x80000000, 0, 0x80000008)[RAX], 0x80000008);
	assert_int_equal(keep(0x80000000, 0, 0x80000021)[RAX], 0x80000008);
}

static void leaves_beyond_are_the_highest_one(void **state)
{
	static const struct {
		u32 leaf, highest, answers;
	} all[] = {
		{ 0xd, 0x16, 0xd },
		{ 0x16, 0x16, 0x16 },
		{ 0x17, 0x16, 0x16 },
		{ 0x24, 0x29, 0x24 },
		{ 0x29, 0x29, HIGHEST }, // APX's
		{ 0x40000002, 0x29, HIGHEST },
		{ 0x40000100, 0x16, 0x16 }, // where an outer hypervisor may have its leaves
		{ 0x80000000, 0x16, 0x80000000 },
		{ 0x80000008, 0x16, 0x80000008 },
		{ 0x80000009, 0x16, 0x16 },
		{ 0xc0000000, 0x20, 0x20 },
		{ 0xffffffff, 0x16, 0x16 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(all); i++)
		assert_int_equal(cpuid_leaf_that_answers(all[i].leaf, all[i].highest),
				 all[i].answers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_known_bits_are_shown),
		cmocka_unit_test(features_with_exits_or_stores_are_hidden),
		cmocka_unit_test(unknown_leaves_are_empty),
		cmocka_unit_test(leaves_that_describe_are_shown_whole),
		cmocka_unit_test(highest_leaves_are_no_masks),
		cmocka_unit_test(leaves_beyond_are_the_highest_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
