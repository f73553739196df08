// SPDX-License-Identifier: MIT
#include "tests/emul/system/agent/native.h"

#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/system/agent/agent.h"

// Those of the architecture that the hypervisor has no business with.
enum {
	IA32_STAR = 0xc0000081,
	IA32_LSTAR,
	IA32_CSTAR,
	IA32_FMASK,
	IA32_KERNEL_GS_BASE = 0xc0000102,
	IA32_TSC_AUX,
};

#define CR0_NE       BIT(5)
#define CR4_VMXE     BIT(13)
#define CPUID_1_VMX  BIT(5)
#define REVISION     0x7fffffffU
#define NEVER        0xffff800000000000ULL // nothing is there
#define DR7_EXECUTE0 0x401
#define FXSAVE_SIZE  512

// Each with a value to give it before; 0 = it stays as it is.
static const struct {
	u32 index;
	u64 value;
} msrs[] = {
	{ IA32_APIC_BASE, 0 },
	{ IA32_PAT, 0x0007040600070406 },
	{ IA32_EFER, 0 },
	{ IA32_SYSENTER_CS, SEL_CODE },
	{ IA32_SYSENTER_ESP, NEVER + 0x1000 },
	{ IA32_SYSENTER_EIP, NEVER + 0x2000 },
	{ IA32_STAR, 0x0013000800000000 },
	{ IA32_LSTAR, NEVER + 0x3000 },
	{ IA32_CSTAR, NEVER + 0x4000 },
	{ IA32_FMASK, 0x47700 },
	{ IA32_FS_BASE, NEVER + 0x5000 },
	{ IA32_GS_BASE, 0 },
	{ IA32_KERNEL_GS_BASE, NEVER + 0x6000 },
	{ IA32_TSC_AUX, 0x1234 },
};

static struct note {
	u64 cr[5], dr[8];
	u64 msr[ARRAY_SIZE(msrs)];
	u64 xcr0, flags;
	struct descriptor_table gdtr, idtr;
	u16 selector[8];
	u8 vectors[FXSAVE_SIZE] __attribute__((aligned(16)));
} notes[CPUS_MAX];

static u64 read_xcr0(void)
{
	u32 low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return low | (u64)high << 32;
}

static void read_debug(u64 *dr)
{
	__asm__ volatile("mov %%dr0, %0" : "=r"(dr[0]));
	__asm__ volatile("mov %%dr1, %0" : "=r"(dr[1]));
	__asm__ volatile("mov %%dr2, %0" : "=r"(dr[2]));
	__asm__ volatile("mov %%dr3, %0" : "=r"(dr[3]));
	__asm__ volatile("mov %%dr6, %0" : "=r"(dr[6]));
	__asm__ volatile("mov %%dr7, %0" : "=r"(dr[7]));
}

static void read_selectors(u16 *selector)
{
	__asm__ volatile("mov %%es, %0" : "=r"(selector[0]));
	__asm__ volatile("mov %%cs, %0" : "=r"(selector[1]));
	__asm__ volatile("mov %%ss, %0" : "=r"(selector[2]));
	__asm__ volatile("mov %%ds, %0" : "=r"(selector[3]));
	__asm__ volatile("mov %%fs, %0" : "=r"(selector[4]));
	__asm__ volatile("mov %%gs, %0" : "=r"(selector[5]));
	__asm__ volatile("sldt %0" : "=r"(selector[6]));
	__asm__ volatile("str %0" : "=r"(selector[7]));
}

static void take(struct note *n)
{
	n->cr[0] = read_cr0();
	n->cr[2] = read_cr2();
	n->cr[3] = read_cr3();
	n->cr[4] = read_cr4();
	__asm__ volatile("mov %%cr8, %0" : "=r"(n->cr[1])); // there is no CR1
	read_debug(n->dr);
	for (u32 i = 0; i < ARRAY_SIZE(msrs); i++)
		n->msr[i] = rdmsr(msrs[i].index);
	n->xcr0 = read_xcr0();
	__asm__ volatile("pushfq\n"
			 "pop %0"
			 : "=r"(n->flags));
	n->flags &= BIT(9) | BIT(10) | BIT(12) | BIT(13) | BIT(18);
	sgdt(&n->gdtr);
	sidt(&n->idtr);
	read_selectors(n->selector);
	__asm__ volatile("fxsave64 %0" : "=m"(n->vectors));
}

static void set_vectors(void)
{
	static const u64 value[2] __attribute__((aligned(16))) = { 0x1122334455667788, 42 };

	__asm__ volatile("movaps %0, %%xmm0\n"
			 "movaps %0, %%xmm7\n"
			 "movaps %0, %%xmm15" ::"m"(value));
}

void native_note(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(msrs); i++)
		if (msrs[i].value)
			wrmsr(msrs[i].index, msrs[i].value);
	write_cr2(0x1234567000);
	__asm__ volatile("mov %0, %%dr0" ::"r"(NEVER));
	__asm__ volatile("mov %0, %%dr1" ::"r"(NEVER + 1));
	__asm__ volatile("mov %0, %%dr2" ::"r"(NEVER + 2));
	__asm__ volatile("mov %0, %%dr3" ::"r"(NEVER + 3));
	__asm__ volatile("mov %0, %%dr7" ::"r"((u64)DR7_EXECUTE0));
	set_vectors();
	take(&notes[cpu_this()->number]);
}

static void same_words(const char *what, const u64 *actual, const u64 *expected, u32 count)
{
	for (u32 i = 0; i < count; i++)
		CHECK(actual[i] == expected[i], "%s %u is 0x%lx and was 0x%lx", what, i, actual[i],
		      expected[i]);
}

void native_compare(void)
{
	const struct note *before = &notes[cpu_this()->number];
	struct note now = { 0 };

	take(&now);
	same_words("CR", now.cr, before->cr, ARRAY_SIZE(now.cr));
	same_words("DR", now.dr, before->dr, ARRAY_SIZE(now.dr));
	same_words("MSR of our list", now.msr, before->msr, ARRAY_SIZE(now.msr));
	same("XCR0", now.xcr0, before->xcr0);
	same("RFLAGS", now.flags, before->flags);
	CHECK(!memcmp(&now.gdtr, &before->gdtr, sizeof(now.gdtr)), "GDTR differs");
	CHECK(!memcmp(&now.idtr, &before->idtr, sizeof(now.idtr)), "IDTR differs");
	for (u32 i = 0; i < ARRAY_SIZE(now.selector); i++)
		CHECK(now.selector[i] == before->selector[i], "selector %u is 0x%x and was 0x%x", i,
		      now.selector[i], before->selector[i]);
	CHECK(!memcmp(now.vectors, before->vectors, FXSAVE_SIZE), "a vector register differs");
}

void native_expect(void)
{
	static u8 regions[CPUS_MAX][PAGE_SIZE] __attribute__((aligned(4096)));
	u8 *region = regions[cpu_this()->number];
	u64 cr0 = read_cr0(), cr4 = read_cr4();
	u32 revision;
	bool on;

	CHECK(!tessera_present(), "CPUID still says that Tessera is there");
	CHECK(cpuid(1, 0).ecx & CPUID_1_VMX, "CPUID says that there is no VMX");
	CHECK(!(cr4 & CR4_VMXE), "CR4.VMXE is set");
	revision = (u32)rdmsr(IA32_VMX_BASIC) & REVISION;
	memcpy(region, &revision, sizeof(revision));
	write_cr0(cr0 | CR0_NE);
	write_cr4(cr4 | CR4_VMXE);
	on = vmxon((u64)region);
	if (on)
		vmxoff();
	write_cr4(cr4);
	write_cr0(cr0);
	CHECK(on, "VMXON fails: the processor still is in VMX operation");
}
