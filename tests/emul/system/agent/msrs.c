// SPDX-License-Identifier: MIT
// Model-specific and extended control registers: what is hidden, and that a value which the
// CPU refuses is the guest's own #GP.
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

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
