// SPDX-License-Identifier: MIT
// Model-specific and extended control registers: what is hidden, and that a value which the
// CPU refuses is the guest's own #GP.
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/hammer.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define CPUID_1_APIC BIT(9) // of EDX

static void run_rdmsr(void)
{
	__asm__ volatile("rdmsr" ::: "rax", "rdx");
}

static void run_wrmsr(void)
{
	__asm__ volatile("wrmsr" ::: "memory");
}

static void run_xsetbv(void)
{
	__asm__ volatile("xsetbv" ::: "memory");
}

static bool faults(code c, u32 index, u64 value)
{
	struct probe p = probe_of(c);

	p.gpr[RCX] = index;
	p.gpr[RAX] = (u32)value;
	p.gpr[RDX] = value >> 32;
	probe_run(&p);
	CHECK(p.vector == NO_FAULT || (p.vector == V_GP && p.error == 0),
	      "0x%x: vector %u error 0x%x", index, p.vector, p.error);
	return p.vector == V_GP;
}

void vmx_msrs_are_absent(void)
{
	for (u32 msr = IA32_VMX_BASIC; msr <= IA32_VMX_LAST; msr++)
		CHECK(faults(run_rdmsr, msr, 0) && faults(run_wrmsr, msr, 0), "MSR 0x%x", msr);
}

// As where firmware has locked VMX off.
void feature_control_is_locked(void)
{
	same("IA32_FEATURE_CONTROL", rdmsr(IA32_FEATURE_CONTROL), FEATURE_CONTROL_LOCKED);
	CHECK(faults(run_wrmsr, IA32_FEATURE_CONTROL, 5), "it can be written");
}

void bad_msr_values_fault(void)
{
	u64 pat = rdmsr(IA32_PAT), efer = rdmsr(IA32_EFER), type = rdmsr(IA32_MTRR_DEF_TYPE);

	CHECK(faults(run_wrmsr, IA32_PAT, 0x0202020202020202), "PAT of a reserved type");
	CHECK(faults(run_wrmsr, IA32_EFER, efer | BIT(63)), "a reserved bit of EFER");
	CHECK(faults(run_wrmsr, IA32_MTRR_DEF_TYPE, ALIGN_DOWN(type, 256) | 2),
	      "MTRRs of a reserved type");
	CHECK(faults(run_wrmsr, IA32_MTRR_PHYSBASE0, 3), "a variable MTRR of a reserved type");
	CHECK(faults(run_wrmsr, IA32_FS_BASE, 0x800000000000), "an FS base that is not canonical");
	CHECK(faults(run_wrmsr, IA32_APIC_BASE, rdmsr(IA32_APIC_BASE) ^ BIT(20)),
	      "another place for the APIC");
	same("PAT", rdmsr(IA32_PAT), pat);
	same("EFER", rdmsr(IA32_EFER), efer);
	same("MTRR default type", rdmsr(IA32_MTRR_DEF_TYPE), type);
}

void good_msr_values_stick(void)
{
	u64 pat = rdmsr(IA32_PAT);

	CHECK(!faults(run_wrmsr, IA32_PAT, 0x0007040600070406), "PAT");
	same("PAT", rdmsr(IA32_PAT), 0x0007040600070406);
	wrmsr(IA32_PAT, pat);
	CHECK(!faults(run_wrmsr, IA32_SYSENTER_EIP, 0x12345678), "SYSENTER_EIP");
	same("SYSENTER_EIP", rdmsr(IA32_SYSENTER_EIP), 0x12345678);
	CHECK(!faults(run_wrmsr, IA32_BIOS_UPDT_TRIG, (u64)page(0)), "microcode update");
	CHECK(!faults(run_wrmsr, IA32_APIC_BASE, rdmsr(IA32_APIC_BASE)), "the APIC where it is");
}

// A6: under an outer hypervisor, root mode would carry out what the guest asks of it.
void msrs_of_other_hypervisors_fault(void)
{
	static const u32 msrs[] = { 0x11,       0x12,       0x2000,     0x40000000,
				    0x40000073, 0x4b564d00, 0x4b564d01, 0x80000000,
				    0xbfffffff, 0xc0002000, 0xffffffff };

	for (u32 i = 0; i < ARRAY_SIZE(msrs); i++) {
		CHECK(faults(run_rdmsr, msrs[i], 0), "0x%x can be read", msrs[i]);
		CHECK(faults(run_wrmsr, msrs[i], (u64)page(0) | 1), "0x%x can be written", msrs[i]);
	}
}

// B5: the CPU that polls the console would take an INIT.
void bootstrap_processor_stays(void)
{
	u64 now = rdmsr(IA32_APIC_BASE);

	CHECK(now & BIT(8), "this is not the bootstrap processor");
	CHECK(!faults(run_wrmsr, IA32_APIC_BASE, now & ~BIT(8)), "a write without the BSP bit");
	same("the APIC's base", rdmsr(IA32_APIC_BASE), now);
}

// RDMSR of an immediate index: rax = IA32_FEATURE_CONTROL. On a CPU that has it, it exits with a
// reason that Tessera does not know.
static void run_rdmsr_imm(void)
{
	__asm__ volatile(".byte 0xc4, 0xe7, 0x7b, 0xf6, 0xc0, 0x3a, 0, 0, 0" ::: "rax");
}

static void set_cr4_bit(void)
{
	__asm__ volatile("movq %%cr4, %%rdx; orq %%rax, %%rdx; movq %%rdx, %%cr4" ::: "rdx");
}

// B10: the features of newer processors whose exits, state or stores Tessera does not know: on a
// processor that has them, they are not there for the guest. Bits of CR4: LAM_SUP's neighbours.
void newer_features_are_hidden(void)
{
	static const u32 hidden_cr4[] = { 15, 26, 29, 30, 31, 32, 33, 63 };
	static const u32 hidden_msrs[] = { IA32_USER_MSR_CTL, IA32_FRED_RSP0, IA32_FRED_CONFIG };
	struct cpuid newer = cpuid(7, 1);
	struct probe p = probe_of(run_rdmsr_imm);

	same("FRED, NMI source, MSRLIST", newer.eax & (BIT(17) | BIT(20) | BIT(27)), 0);
	same("MSR_IMM", newer.ecx, 0);
	same("UTMR, USER_MSR, CET_SSS, APX", newer.edx & (BIT(13) | BIT(15) | BIT(18) | BIT(21)),
	     0);
	same("unknown state in XCR0", cpuid(0xd, 0).eax & ~0x602ffU, 0);
	CHECK(cpuid(0, 0).eax <= 0x24, "leaf 0x%x", cpuid(0, 0).eax);
	CHECK(cpuid(7, 0).eax <= 2, "leaf 7 has %u subleaves more", cpuid(7, 0).eax);
	same("leaf beyond", cpuid(0x3fffffff, 0).eax, cpuid(cpuid(0, 0).eax, 0).eax);
	for (u32 i = 0; i < ARRAY_SIZE(hidden_msrs); i++)
		CHECK(faults(run_rdmsr, hidden_msrs[i], 0) && faults(run_wrmsr, hidden_msrs[i], 0),
		      "MSR 0x%x", hidden_msrs[i]);
	CHECK(faults(run_xsetbv, 0, 7 | BIT(19)), "APX can be switched on");
	for (u32 i = 0; i < ARRAY_SIZE(hidden_cr4); i++) {
		struct probe q = probe_of(set_cr4_bit);

		q.gpr[RAX] = BIT(hidden_cr4[i]);
		probe_run(&q);
		CHECK(q.vector == V_GP, "CR4 bit %u: vector %u", hidden_cr4[i], q.vector);
	}
	probe_run(&p);
	CHECK(p.vector == V_UD, "RDMSR of an immediate: vector %u", p.vector);
}

// C8: PEBS, BTS and hardware feedback are hidden where they are listed a second time, too.
void no_trace_of_hidden_stores(void)
{
	u64 misc = rdmsr(IA32_MISC_ENABLE), none = MISC_ENABLE_NO_BTS | MISC_ENABLE_NO_PEBS;
	struct cpuid power = cpuid(6, 0);

	same("BTS and PEBS unavailable", misc & none, none);
	CHECK(!faults(run_wrmsr, IA32_MISC_ENABLE, misc), "IA32_MISC_ENABLE cannot be written");
	same("IA32_MISC_ENABLE", rdmsr(IA32_MISC_ENABLE), misc);
	CHECK(!faults(run_wrmsr, IA32_MISC_ENABLE, misc | BIT(22) | BIT(34)), "limits");
	same("IA32_MISC_ENABLE", rdmsr(IA32_MISC_ENABLE), misc);
	same("PEBS in IA32_PERF_CAPABILITIES",
	     rdmsr(IA32_PERF_CAPABILITIES) & ~(0x3fULL | BIT(12) | BIT(13) | BIT(15) | BIT(18)), 0);
	CHECK(faults(run_wrmsr, IA32_DEBUGCTL, BIT(7)), "BTS can be switched on");
	CHECK(!faults(run_wrmsr, IA32_DEBUGCTL, 0), "IA32_DEBUGCTL cannot be written");
	same("DS, DTES64, DS-CPL",
	     (cpuid(1, 0).edx & BIT(21)) | (cpuid(1, 0).ecx & (BIT(2) | BIT(4))), 0);
	same("classes of threads", power.ecx & ~9U, 0);
	same("table of hardware feedback", power.edx, 0);
}

// The modes as IA32_APIC_BASE has them.
enum { DISABLED, INVALID = 1 << 10, XAPIC = 2 << 10, X2APIC = 3 << 10 };

struct apic_step {
	u32 from, to;
	bool fault;
};

// The first mode of a step is the one that the previous step has led to.
static void expect_apic_steps(const struct apic_step *steps, u32 count)
{
	u64 other = rdmsr(IA32_APIC_BASE) & ~APIC_BASE_MODE;

	for (u32 i = 0; i < count; i++) {
		u32 from = steps[i].from, to = steps[i].to;
		u32 now = steps[i].fault ? from : to;

		CHECK(faults(run_wrmsr, IA32_APIC_BASE, other | to) == steps[i].fault,
		      "%u: from 0x%x to 0x%x", i, from, to);
		same("the APIC's base", rdmsr(IA32_APIC_BASE), other | now);
		same("CPUID_1_APIC", cpuid(1, 0).edx & CPUID_1_APIC,
		     now == DISABLED ? 0 : CPUID_1_APIC);
	}
}

// B4. The emulator does not enable an APIC twice, so that this shows no way by the real thing.
void apic_modes_follow_the_manual(void)
{
	static const struct apic_step steps[] = {
		{ XAPIC, INVALID, true },    { XAPIC, XAPIC, false },
		{ XAPIC, DISABLED, false },  { DISABLED, DISABLED, false },
		{ DISABLED, INVALID, true }, { DISABLED, X2APIC, true },
		{ DISABLED, XAPIC, false },
	};
	volatile struct light *l = &cpu_this()->light;

	expect_apic_steps(steps, ARRAY_SIZE(steps));
	apic_quiet();
	l->count = 0;
	gate_set(V_NMI, light_gate, IST_NMI, 0);
	apic_send(cpu_this()->apic_id, APIC_NMI);
	linger(100);
	gate_reset(V_NMI);
	same("NMIs by the APIC that is on again", l->count, 1);
}

// B4. The last step to xAPIC mode is for host tests (tests/host/unit/test_apic_base.c).
void x2apic_mode_can_be_left(void)
{
	static const struct apic_step steps[] = {
		{ XAPIC, X2APIC, false },    { X2APIC, INVALID, true },
		{ X2APIC, XAPIC, true },     { X2APIC, X2APIC, false },
		{ X2APIC, DISABLED, false }, { DISABLED, INVALID, true },
		{ DISABLED, X2APIC, true },  { DISABLED, DISABLED, false },
	};

	expect_apic_steps(steps, ARRAY_SIZE(steps));
}

void bad_xcr_values_fault(void)
{
	u64 known = cpuid(0xd, 0).eax;

	CHECK(faults(run_xsetbv, 0, 0), "x87 switched off");
	CHECK(faults(run_xsetbv, 0, 5), "AVX without SSE");
	CHECK(faults(run_xsetbv, 0, ~0ULL), "unknown state");
	CHECK(faults(run_xsetbv, 1, 7), "XCR1");
	CHECK(!faults(run_xsetbv, 0, 3), "x87 and SSE");
	CHECK(!faults(run_xsetbv, 0, known & 0xe7), "all that there is");
}

// Where memory lies that a variable MTRR is put over. The host looks at the map by the console.
void mtrr_write_is_followed(void)
{
	u64 base = rdmsr(IA32_MTRR_PHYSBASE0 + 2 * 7),
	    mask = rdmsr(IA32_MTRR_PHYSBASE0 + 2 * 7 + 1);
	u64 bits = BIT(cpuid(0x80000008, 0).eax & 0xff) - 1;

	same("the last variable MTRR in use", mask & BIT(11), 0);
	protect(TESSERA_ACTION_DENY, page(512), 8);
	wrmsr(IA32_MTRR_PHYSBASE0 + 2 * 7, gpa_of(page(512)) | 0);
	wrmsr(IA32_MTRR_PHYSBASE0 + 2 * 7 + 1, (~(SIZE_2M - 1) & bits) | BIT(11));
	CHECK(denied8(page(512), 1), "the region is open in the new map");
	CHECK(!denied8(page(512) + TILE, 1), "a neighbour is closed in the new map");
	say("uncached 0x%lx", gpa_of(page(512)));
	if (argument[3]) // for the host to look
		return;
	wrmsr(IA32_MTRR_PHYSBASE0 + 2 * 7 + 1, mask);
	wrmsr(IA32_MTRR_PHYSBASE0 + 2 * 7, base);
	CHECK(denied8(page(512), 1), "the region is open in the old map");
}
