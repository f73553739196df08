// SPDX-License-Identifier: MIT
// A bit is known if the feature needs no VMX control that Tessera does not set, causes no exit that
// it does not handle, and adds no state that it would have to save or that reaches memory past EPT.
// Bits that the manual reserves are not known, nor are leaves and subleaves that are not here.
#include "vmx/exit/cpuid_known.h"

#include "hv/x86/cpuid.h"
#include "hv/x86/regs.h"

#define HIGHEST          0x24U // AVX10
#define HIGHEST_EXTENDED 0x80000008U

// Leaves that describe and give nothing: caches, TLBs, topology, clocks, brand, monitors of cache
// and memory, the details of features that other leaves have.
#define DESCRIPTIVE                                                                          \
	(BIT(0x02) | BIT(0x03) | BIT(0x04) | BIT(0x05) | BIT(0x09) | BIT(0x0a) | BIT(0x0b) | \
	 BIT(0x0f) | BIT(0x10) | BIT(0x12) | BIT(0x15) | BIT(0x16) | BIT(0x17) | BIT(0x18) | \
	 BIT(0x19) | BIT(0x1a) | BIT(0x1c) | BIT(0x1d) | BIT(0x1e) | BIT(0x1f) | BIT(0x20) | \
	 BIT(0x24))
#define DESCRIPTIVE_EXTENDED (BIT(2) | BIT(3) | BIT(4) | BIT(5) | BIT(6))

// Subleaves that describe: a state component each, and the counters of performance monitoring.
#define XSAVE_SUBLEAVES   ((XCR0_KNOWN | XSS_KNOWN) & ~(BIT(0) | BIT(1)))
#define PERFMON_SUBLEAVES (BIT(1) | BIT(2) | BIT(3))

enum { ANY = 0xff }; // the leaf has no subleaves

struct known {
	u16 leaf; // of an extended leaf with bit 15
	u8 subleaf;
	bool limit;  // EAX is the number of the highest leaf or subleaf
	u32 bits[4]; // by register number
};

#define ROW(leaf, subleaf, limit, eax, ebx, ecx, edx)                      \
	{                                                                  \
		leaf, subleaf, limit,                                      \
		{                                                          \
			[RAX] = eax, [RBX] = ebx, [RCX] = ecx, [RDX] = edx \
		}                                                          \
	}
#define ALL ~0U

// Beside each row: what it hides of the bits that the manual defines, and why.
// clang-format off
static const struct known known[] = {
	ROW(0x0000, ANY, true,  HIGHEST, ALL, ALL, ALL),
	// ECX: DTES64, DS-CPL; EDX: DS (BTS and PEBS store past EPT). ECX: VMX, SMX.
	ROW(0x0001, ANY, false, ALL, ALL, 0xfffeff8b, 0xbfcffbff),
	// EAX 19 and 23, ECX 15:8, EDX: hardware feedback (its table is written past EPT).
	ROW(0x0006, ANY, false, 0x0157eff7, 0xf, 0x9, 0),
	// EBX: Intel PT (writes past EPT). EDX: PCONFIG (keys of memory encryption).
	ROW(0x0007, 0,   true,  2, 0xfdbfffff, 0xfbff7fff, 0xffd9ef3e),
	// EAX: FRED, NMI source (events go by the IDT), MSRLIST (new exits). EBX: TSE (new exit).
	// ECX: MSR_IMM (new exits). EDX: UTMR and USER_MSR (new exits), CET_SSS (an exit leaves a
	// shadow stack busy), APX (exits name new registers).
	ROW(0x0007, 1,   false, 0xc4ec1dff, 0x9, 0, 0x01ca4530),
	ROW(0x0007, 2,   false, 0, 0, 0, 0xff),
	ROW(0x000d, 0,   false, XCR0_KNOWN, ALL, ALL, 0),
	ROW(0x000d, 1,   false, 0x1f, ALL, XSS_KNOWN, 0),
	// EAX: PEBS by architecture (subleaves 4 and 5), for which IA32_PEBS_BASE is refused.
	ROW(0x0023, 0,   false, 0xf, 0x7, 0xff, 0),
	ROW(0x8000, ANY, true,  HIGHEST_EXTENDED, 0, 0, 0),
	ROW(0x8001, ANY, false, ALL, ALL, 0x00000121, 0x2c100800),
	ROW(0x8007, ANY, false, 0, 0, 0, 0x100),
	ROW(0x8008, ANY, false, ALL, 0x200, 0, 0),
};
// clang-format on

// Every CPU with EPT has all extended leaves up to HIGHEST_EXTENDED.
u32 cpuid_leaf_that_answers(u32 leaf, u32 highest)
{
	highest = MIN(highest, HIGHEST);
	return leaf <= highest || leaf - CPUID_EXTENDED <= HIGHEST_EXTENDED - CPUID_EXTENDED
		       ? leaf
		       : highest;
}

static bool describes(u32 leaf, u32 subleaf)
{
	u64 leaves = leaf < CPUID_EXTENDED ? DESCRIPTIVE : DESCRIPTIVE_EXTENDED;
	u64 subleaves = leaf == 0xd ? XSAVE_SUBLEAVES : leaf == 0x23 ? PERFMON_SUBLEAVES : 0;

	return BIT(leaf % 64) & leaves || (subleaf < 64 && BIT(subleaf) & subleaves);
}

void cpuid_keep_known(u32 leaf, u32 subleaf, u64 *r)
{
	static const u32 nothing[4];
	const u32 *bits = nothing;
	bool limit = false;

	if (describes(leaf, subleaf))
		return;
	for (const struct known *k = known; k < known + ARRAY_SIZE(known); k++)
		if (k->leaf == (u16)(leaf | leaf >> 16) &&
		    (k->subleaf == ANY || k->subleaf == subleaf)) {
			bits = k->bits;
			limit = k->limit;
		}
	r[RAX] = limit ? MIN(r[RAX], bits[RAX]) : r[RAX] & bits[RAX];
	for (u32 i = RCX; i <= RBX; i++)
		r[i] &= bits[i];
}
