// SPDX-License-Identifier: MIT
// What a CPU without VMX looks like (77), and who may make hypercalls.
#include "hv/lib/string.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/hammer.h"
#include "tests/emul/system/agent/scenarios.h"

#define DR7_EXECUTE0 0x401
#define DR7_NONE     0x400

#define INSTRUCTION(name, text)                                           \
	static void name(void)                                            \
	{                                                                 \
		__asm__ volatile(text ::: "rax", "rcx", "rdx", "memory"); \
	}

INSTRUCTION(run_vmxon, "vmxon (%%rsi)")
INSTRUCTION(run_vmxoff, "vmxoff")
INSTRUCTION(run_vmclear, "vmclear (%%rsi)")
INSTRUCTION(run_vmptrld, "vmptrld (%%rsi)")
INSTRUCTION(run_vmptrst, "vmptrst (%%rsi)")
INSTRUCTION(run_vmread, "vmread %%rax, %%rbx")
INSTRUCTION(run_vmwrite, "vmwrite %%rax, %%rbx")
INSTRUCTION(run_vmlaunch, "vmlaunch")
INSTRUCTION(run_vmresume, "vmresume")
INSTRUCTION(run_invept, "invept (%%rsi), %%rax")
INSTRUCTION(run_invvpid, "invvpid (%%rsi), %%rax")
INSTRUCTION(run_vmfunc, ".byte 0x0f, 0x01, 0xd4")
INSTRUCTION(run_getsec, ".byte 0x0f, 0x37")

static void expect_ud(const char *name, code c)
{
	struct probe p = probe_of(c);

	p.gpr[RSI] = (u64)page(6);
	probe_run(&p);
	CHECK(p.vector == V_UD, "%s: vector %u", name, p.vector);
	same("RIP", p.rip, (u64)c);
}

void vmx_instructions_are_undefined(void)
{
	const struct {
		const char *name;
		code code;
	} all[] = {
		{ "vmxon", run_vmxon },       { "vmxoff", run_vmxoff },
		{ "vmclear", run_vmclear },   { "vmptrld", run_vmptrld },
		{ "vmptrst", run_vmptrst },   { "vmread", run_vmread },
		{ "vmwrite", run_vmwrite },   { "vmlaunch", run_vmlaunch },
		{ "vmresume", run_vmresume }, { "invept", run_invept },
		{ "invvpid", run_invvpid },   { "vmfunc", run_vmfunc },
		{ "getsec", run_getsec },
	};

	for (u32 i = 0; i < ARRAY_SIZE(all); i++)
		expect_ud(all[i].name, all[i].code);
}

INSTRUCTION(set_vmxe, "movq %%cr4, %%rax; orq $0x2000, %%rax; movq %%rax, %%cr4")
INSTRUCTION(set_smxe, "movq %%cr4, %%rax; orq $0x4000, %%rax; movq %%rax, %%cr4")

void vmx_cannot_be_switched_on(void)
{
	struct probe p = probe_of(set_vmxe), q = probe_of(set_smxe);

	same("CR4.VMXE", read_cr4() & BIT(13), 0);
	probe_run(&p);
	CHECK(p.vector == V_GP && p.error == 0, "VMXE: vector %u", p.vector);
	probe_run(&q);
	CHECK(q.vector == V_GP && q.error == 0, "SMXE: vector %u", q.vector);
	same("CR4.VMXE", read_cr4() & BIT(13), 0);
}

INSTRUCTION(toggle_ne_and_fault,
	    "movq %%cr0, %%rax; xorq $0x20, %%rax; andq $~1, %%rax; movq %%rax, %%cr0")

// C9: CR0.NE is a shadow; a move that faults changes nothing.
void a_faulty_move_to_cr0_changes_nothing(void)
{
	u64 cr0 = read_cr0();
	struct probe p = probe_of(toggle_ne_and_fault);

	probe_run(&p);
	CHECK(p.vector == V_GP && p.error == 0, "vector %u", p.vector);
	same("CR0", read_cr0(), cr0);
}

void cpuid_hides_vmx(void)
{
	struct cpuid one = cpuid(1, 0), base = cpuid(TESSERA_CPUID_BASE, 0);

	same("VMX and SMX", one.ecx & (BIT(5) | BIT(6)), 0);
	same("OSXSAVE", one.ecx & BIT(27), BIT(27));
	same("Intel PT", cpuid(7, 0).ebx & BIT(25), 0);
	same("our highest leaf", base.eax, TESSERA_CPUID_FEATURES);
	CHECK(memcmp(&base.ebx, TESSERA_SIGNATURE, 4) == 0 &&
		      memcmp(&base.ecx, TESSERA_SIGNATURE + 4, 4) == 0 &&
		      memcmp(&base.edx, TESSERA_SIGNATURE + 8, 4) == 0,
	      "the signature is wrong");
	write_cr4(read_cr4() & ~BIT(18));
	one = cpuid(1, 0);
	write_cr4(read_cr4() | BIT(18));
	same("OSXSAVE while CR4 has it off", one.ecx & BIT(27), 0);
}

INSTRUCTION(run_ud2, "ud2")
INSTRUCTION(run_rdmsr, "rdmsr")
INSTRUCTION(run_xsetbv, "xsetbv")
INSTRUCTION(run_store, "movb %%al, (%%rsi)")

static u32 breakpoints, faults_met;

static bool go_on_once(struct frame *f)
{
	if (f->vector != V_DB)
		return !faults_met++;
	breakpoints++;
	f->rflags |= RFLAGS_RF;
	return true;
}

static void run_with_breakpoint(struct probe p)
{
	breakpoints = faults_met = 0;
	cpu_this()->hook = go_on_once;
	write_dr0((u64)p.code);
	write_dr7(DR7_EXECUTE0);
	probe_run(&p);
	write_dr7(DR7_NONE);
	cpu_this()->hook = NULL;
}

// C1: the same for the processor's fault, the first one, and for Tessera's: RF is set in the frame,
// and a breakpoint of the instruction is not met again when it is repeated.
void faults_have_the_resume_flag(void)
{
	static const struct {
		const char *name;
		code code;
		u32 vector;
	} all[] = {
		{ "ud2", run_ud2, V_UD },       { "vmxon", run_vmxon, V_UD },
		{ "rdmsr", run_rdmsr, V_GP },   { "xsetbv", run_xsetbv, V_GP },
		{ "a store", run_store, V_GP },
	};

	protect(TESSERA_ACTION_DENY, page(6), 8);
	for (u32 i = 0; i < ARRAY_SIZE(all); i++) {
		struct probe p = probe_of(all[i].code), again;

		p.gpr[RSI] = (u64)page(6);
		p.gpr[RAX] = ~(u64)*page(6);
		p.gpr[RCX] = 0x40000000; // no MSR, and no XCR
		again = p;
		probe_run(&p);
		CHECK(p.vector == all[i].vector, "%s: vector %u", all[i].name, p.vector);
		CHECK(p.rflags & RFLAGS_RF, "%s: RFLAGS 0x%lx", all[i].name, p.rflags);
		run_with_breakpoint(again);
		CHECK(breakpoints == 1 && faults_met == 2, "%s: %u breakpoints, %u faults",
		      all[i].name, breakpoints, faults_met);
	}
}

static void user_vmcall(void)
{
	__asm__ volatile("vmcall\n"
			 "int $0x81");
}

static void user_cpuid(void)
{
	__asm__ volatile("cpuid\n"
			 "int $0x81");
}

static void user_xsetbv(void)
{
	__asm__ volatile("xsetbv\n"
			 "int $0x81");
}

static struct probe in_user_mode(code c, u64 rax)
{
	struct probe p = probe_of(NULL);
	u8 *text = window_map(61, gpa_of(page(33)), PTE_P | PTE_U);

	memcpy(page(33), (void *)c, 64);
	p.code = (code)text;
	p.gpr[RAX] = rax;
	probe_run_user(&p);
	return p;
}

void user_mode_cannot_call(void)
{
	u64 regions = query(TESSERA_QUERY_REGIONS);

	for (u64 number = 0; number < TESSERA_CALL_COUNT + 2; number++) {
		struct probe p = in_user_mode(user_vmcall, number);

		CHECK(p.vector == V_UD, "call %lu: vector %u", number, p.vector);
		same("RAX", p.gpr[RAX], number);
		same("RIP", p.rip, (u64)p.code);
	}
	same("regions", query(TESSERA_QUERY_REGIONS), regions);
}

void user_mode_has_its_own_exits(void)
{
	struct probe p = in_user_mode(user_cpuid, TESSERA_CPUID_BASE);

	same("vector behind CPUID", p.vector, V_USER_END);
	same("highest leaf", p.gpr[RAX], TESSERA_CPUID_MAX);
	p = in_user_mode(user_xsetbv, 3);
	same("vector of XSETBV", p.vector, V_GP);
}

#define LOAD_FS     0xe08e                // mov fs, ax
#define STORE_BL    0x1f88                // mov [rdi], bl
#define NOT_LOADED  0x00cff2000000ffffULL // a user's data segment, not accessed yet
#define NEW_SEGMENT GDT_ENTRIES

static volatile bool enough;

static void exchange_instructions(void *where)
{
	volatile u16 *instruction = where;

	for (u32 i = 0; !enough; i++) {
		*instruction = LOAD_FS;
		linger(i % 50 * 8);
		*instruction = STORE_BL;
		linger(i % 30 * 4);
	}
}

// The CPU sets a descriptor's accessed bit as supervisor, from CPL 3 too. Tessera must not take a
// store that another CPU puts in the place of the instruction meanwhile for what the CPU checked.
void user_mode_writes_no_supervisor_memory(void)
{
	u64 *gdt = (u64 *)page(80);
	u8 *text = window_map(61, gpa_of(page(33)), PTE_P | PTE_U);
	struct descriptor_table own = { sizeof(cpus[0].gdt) - 1, (u64)cpus[0].gdt };
	struct descriptor_table copy = { (NEW_SEGMENT + 1) * 8 - 1, (u64)gdt };
	u32 loads = 0, faults = 0;

	memset(page(33), 0, 64);
	memcpy(page(33) + 2, "\xcd\x81", 2); // int 0x81
	memcpy(gdt, cpus[0].gdt, sizeof(cpus[0].gdt));
	protect(TESSERA_ACTION_AUDIT, gdt, PAGE_SIZE);
	enough = false;
	cpu_start(1, exchange_instructions, page(33));
	lgdt(&copy);
	for (u32 i = 0; i < 1500; i++) {
		struct probe p = probe_of((code)text);
		u8 *byte = (u8 *)&gdt[NEW_SEGMENT] + 4 + (i & 1);

		gdt[NEW_SEGMENT] = NOT_LOADED;
		p.gpr[RAX] = NEW_SEGMENT * 8 + 3;
		p.gpr[RBX] = 0xee;
		p.gpr[RDI] = (u64)byte;
		probe_run_user(&p);
		loads += p.vector == V_USER_END;
		faults += p.vector == V_PF;
		CHECK(*byte != 0xee, "round %u: CPL 3 wrote to the GDT, vector %u", i, p.vector);
	}
	lgdt(&own);
	enough = true;
	cpu_join(1);
	unprotect(TESSERA_ACTION_AUDIT, gdt, PAGE_SIZE);
	CHECK(loads && faults, "%u loads and %u faults: one of them was never run", loads, faults);
}

static void run_vmcall(void)
{
	__asm__ volatile("vmcall" ::: "memory");
}

static void run_cpuid(void)
{
	__asm__ volatile("cpuid" ::: "memory");
}

// An exit changes only what the instruction changes.
void registers_survive_exits(void)
{
	static const struct {
		code code;
		u32 changes; // bit = register
	} all[] = {
		{ run_vmcall, BIT(RAX) | BIT(RDX) },
		{ run_cpuid, BIT(RAX) | BIT(RBX) | BIT(RCX) | BIT(RDX) },
	};

	for (u32 i = 0; i < ARRAY_SIZE(all); i++) {
		struct probe p = probe_of(all[i].code);

		for (u32 r = 0; r < 16; r++)
			p.gpr[r] = 0x0123456789abcdef * (r + 1);
		p.gpr[RAX] = p.gpr[RDI] = 0;
		p.rflags |= 0x8d5;
		struct probe before = p;

		probe_run(&p);
		same("vector", p.vector, NO_FAULT);
		same("flags", p.rflags & 0x8d5, 0x8d5);
		for (u32 r = 0; r < 16; r++)
			CHECK(r == RSP || all[i].changes & BIT(r) || p.gpr[r] == before.gpr[r],
			      "register %u is 0x%lx", r, p.gpr[r]);
	}
}
