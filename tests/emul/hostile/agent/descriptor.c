// SPDX-License-Identifier: MIT
// Segments, gates and tables that are nonsense: a GDT of this CPU's own has random descriptors, and
// an IDT of its own a random gate, task gates among them.
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/hostile/agent/hostile.h"

enum { OWN_GDT = OWN_FREE, OWN_IDT };

#define LANDING        64 // in the code's page: ends the probe at any privilege level
#define FIRST_RANDOM   8  // entries of the GDT
#define RANDOM_COUNT   8
#define GATE           0x90
#define TSS_BUSY       BIT(41)
#define SYSTEM         0
#define SEGMENT        BIT(44)
#define CODE           BIT(43)
#define LONG_CODE      BIT(53)
#define BIG_CODE       BIT(54)
#define FLAGS_HARMLESS 0x243ad7ULL // no TF, IF, NT, RF, VM

enum operation {
	LTR,
	LLDT,
	TO_DS,
	TO_ES,
	TO_SS,
	TO_FS,
	LAR,
	LSL,
	VERR,
	VERW,
	LGDT,
	LIDT,
	FAR_JUMP,
	FAR_CALL,
	FAR_RETURN,
	IRET,
	INT,
	SLDT,
	STR,
	OPERATIONS
};

// The selector is in AX, a far pointer or a table's address at RSI.
static const struct {
	const char *name;
	u32 size;
	u8 bytes[12];
} operations[OPERATIONS] = {
	[LTR] = { "ltr", 3, { 0x0f, 0x00, 0xd8 } },
	[LLDT] = { "lldt", 3, { 0x0f, 0x00, 0xd0 } },
	[TO_DS] = { "mov ds", 2, { 0x8e, 0xd8 } },
	[TO_ES] = { "mov es", 2, { 0x8e, 0xc0 } },
	[TO_SS] = { "mov ss", 2, { 0x8e, 0xd0 } },
	[TO_FS] = { "mov fs", 2, { 0x8e, 0xe0 } },
	[LAR] = { "lar", 3, { 0x0f, 0x02, 0xd8 } },
	[LSL] = { "lsl", 3, { 0x0f, 0x03, 0xd8 } },
	[VERR] = { "verr", 3, { 0x0f, 0x00, 0xe0 } },
	[VERW] = { "verw", 3, { 0x0f, 0x00, 0xe8 } },
	[LGDT] = { "lgdt", 3, { 0x0f, 0x01, 0x16 } },
	[LIDT] = { "lidt", 3, { 0x0f, 0x01, 0x1e } },
	[FAR_JUMP] = { "jmp far", 3, { 0x48, 0xff, 0x2e } },
	[FAR_CALL] = { "call far", 3, { 0x48, 0xff, 0x1e } },
	// push rax; push rcx; retfq
	[FAR_RETURN] = { "retf", 4, { 0x50, 0x51, 0x48, 0xcb } },
	// push rbx; push rdx; push rdi; push rax; push rcx; iretq
	[IRET] = { "iret", 7, { 0x53, 0x52, 0x57, 0x50, 0x51, 0x48, 0xcf } },
	[INT] = { "int", 2, { 0xcd, GATE } },
	[SLDT] = { "sldt", 3, { 0x0f, 0x00, 0xc3 } },
	[STR] = { "str", 3, { 0x0f, 0x00, 0xcb } },
};

#define LEVELS 2
#define EACH   32 // cases of each operation in the table; all of them are random
#define CASES  (OPERATIONS * LEVELS * EACH)

// The type, with the S bit, that the operation wants.
static const u8 wanted[OPERATIONS] = {
	[LTR] = 0x09,   [LLDT] = 0x02, [TO_DS] = 0x12,    [TO_ES] = 0x10,    [TO_SS] = 0x12,
	[TO_FS] = 0x1a, [LAR] = 0x0c,  [LSL] = 0x0b,      [VERR] = 0x18,     [VERW] = 0x12,
	[LGDT] = 0,     [LIDT] = 0,    [FAR_JUMP] = 0x1a, [FAR_CALL] = 0x1e, [FAR_RETURN] = 0x1a,
	[IRET] = 0x1a,  [INT] = 0x1a,
};

// Code segments have L set: with others, the landing would be truncated.
static u64 random_descriptor(struct hostile *h)
{
	u64 d = chance(h) | (chance_below(h, 4) ? BIT(47) : 0);

	if ((d & (SEGMENT | CODE)) == (SEGMENT | CODE))
		d = (d | LONG_CODE) & ~(chance_below(h, 8) ? BIG_CODE : 0);
	return d;
}

// Of the type that is wanted, present and of that privilege level; random otherwise.
static u64 fitting_descriptor(struct hostile *h, enum operation o, u64 level)
{
	u64 type = (u64)wanted[o] << 40;
	u64 d = (chance(h) & ~(0xffULL << 40)) | type | level << 45 | BIT(47);

	if ((d & (SEGMENT | CODE)) == (SEGMENT | CODE))
		d = (d | LONG_CODE) & ~BIG_CODE;
	return d;
}

// Half of the cases use descriptors that may well be taken: of two entries, the second one then is
// the upper half of a system descriptor.
static void build_gdt(struct hostile *h, u64 *gdt, enum operation o, u32 cpl, bool fitting)
{
	memcpy(gdt, cpu_this()->gdt, sizeof(cpu_this()->gdt));
	gdt[GDT_ENTRIES] = 0;
	for (u32 i = 0; i < RANDOM_COUNT; i++)
		gdt[FIRST_RANDOM + i] = !fitting ? random_descriptor(h)
					: i % 2  ? chance(h) & 0x7fff
						 : fitting_descriptor(h, o, cpl);
}

static u64 random_selector(struct hostile *h, u32 cpl, bool fitting)
{
	u64 n = chance_below(h, 8) ? FIRST_RANDOM + chance_below(h, RANDOM_COUNT)
				   : chance_below(h, 32);

	if (fitting)
		return (FIRST_RANDOM + chance_below(h, RANDOM_COUNT / 2) * 2) * 8 | cpl;
	return n * 8 | chance_below(h, 4) | (chance_below(h, 16) ? 0 : 4);
}

// Present more often than not, of any type, and to the landing if it is one of the CPU.
static void build_gate(struct hostile *h, u64 *gate, u64 to, u32 cpl, bool fitting)
{
	u64 selector = chance_below(h, 2) ? SEL_CODE : random_selector(h, cpl, fitting);
	u64 middle = chance(h) & 0xff07ULL;

	if (chance_below(h, 4))
		middle |= 0x8000;
	if (chance_below(h, 2))
		middle = (middle & ~0x1f00ULL) | 0x0e00;
	gate[0] = (to & 0xffff) | selector << 16 | middle << 32 | (to >> 16 & 0xffff) << 48;
	gate[1] = to >> 32 | (chance_below(h, 8) ? 0 : chance(h) << 32);
}

static void write_table(struct hostile *h, u8 *to)
{
	u64 base = chance_below(h, 2) ? chance(h) : (u64)own_page(OWN_GDT);
	u16 limit = (u16)chance(h);

	memcpy(to, &limit, sizeof(limit));
	memcpy(to + 2, &base, sizeof(base));
}

static void write_pointer(u8 *to, u64 offset, u64 selector)
{
	memcpy(to, &offset, sizeof(offset));
	memcpy(to + 8, &selector, 2);
}

static void restore(const struct descriptor_table *idt)
{
	struct cpu *c = cpu_this();
	struct descriptor_table gdt = { sizeof(c->gdt) - 1, (u64)c->gdt };
	u16 data = SEL_DATA, null = 0, task = SEL_TSS;

	lidt(idt);
	lgdt(&gdt);
	c->gdt[SEL_TSS / 8] &= ~TSS_BUSY;
	__asm__ volatile("mov %0, %%ds\n"
			 "mov %0, %%es\n"
			 "mov %0, %%ss\n"
			 "mov %1, %%fs\n"
			 "lldt %1\n"
			 "ltr %2" ::"r"(data),
			 "r"(null), "r"(task)
			 : "memory");
	wrmsr(IA32_FS_BASE, 0);
}

static void play(struct hostile *h)
{
	static const u8 end[] = { 0xcd, V_USER_END };
	enum operation o = h->number % OPERATIONS;
	u32 cpl = h->number / OPERATIONS % LEVELS ? 3 : 0;
	u64 *gdt = (u64 *)own_page(OWN_GDT), selector;
	u8 *idt = own_page(OWN_IDT), *data = own_page(OWN_DATA);
	struct descriptor_table idtr, own_gdtr = { PAGE_SIZE - 1, (u64)gdt };
	struct descriptor_table own_idtr = { PAGE_SIZE - 1, (u64)idt };
	// Nothing may be delivered by a nonsensical table before the old one is back.
	bool returns = !cpl && (o == LTR || o == LGDT || o == LIDT);
	struct probe p =
		probe_of(place_code(operations[o].bytes, operations[o].size, returns ? 0 : 3));
	u64 landing = (u64)p.code + LANDING;

	memcpy((u8 *)own_gpa(OWN_CODE) + LANDING, end, sizeof(end));
	bool fitting = chance_below(h, 2);

	sidt(&idtr);
	build_gdt(h, gdt, o, cpl, fitting);
	memcpy(idt, (void *)idtr.base, PAGE_SIZE);
	build_gate(h, (u64 *)(idt + GATE * 16), landing, cpl, fitting);
	selector = random_selector(h, cpl, fitting);
	about(h, "%s %lx at CPL %u", operations[o].name, selector, cpl);
	if (o == LGDT || o == LIDT)
		write_table(h, data);
	else
		write_pointer(data, landing, selector);
	p.gpr[RAX] = selector;
	p.gpr[RSI] = (u64)data;
	p.gpr[RCX] = landing;
	p.gpr[RDI] = chance(h) & FLAGS_HARMLESS;
	p.gpr[RDX] = (u64)data + 2048;
	p.gpr[RBX] = chance_below(h, 2) ? SEL_USER_DATA : random_selector(h, cpl, false);
	p.gpr[RSP] = (u64)data + 2048;
	lgdt(&own_gdtr);
	lidt(&own_idtr);
	if (cpl)
		probe_run_user(&p);
	else
		probe_run(&p);
	restore(&idtr);
	note(h, "vector", p.vector);
	note(h, "error", p.error);
	note(h, "at", p.vector < 32 ? p.rip - (u64)p.code : 0);
	note(h, "flags", p.rflags & 0x40);
	note(h, "rbx", o == LAR || o == LSL ? p.gpr[RBX] : 0);
}

const struct group descriptor_group = {
	.name = "descriptor", .cases = CASES, .random = true, .play = play
};
