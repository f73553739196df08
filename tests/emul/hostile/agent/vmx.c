// SPDX-License-Identifier: MIT
// Every instruction of VMX, SMX, SEAM, SGX and SVM, and each encoding of their opcode group 0F 01,
// at CPL 0 and 3, with registers and memory of several kinds.
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tests/emul/hostile/agent/hostile.h"

#define INSTRUCTION_MAX 6

struct instruction {
	const char *name;
	u32 size;
	u8 bytes[INSTRUCTION_MAX];
};

// A memory operand is at RSI, a register operand RAX or RBX.
static const struct instruction instructions[] = {
	{ "vmxon", 4, { 0xf3, 0x0f, 0xc7, 0x36 } },
	{ "vmptrld", 3, { 0x0f, 0xc7, 0x36 } },
	{ "vmclear", 4, { 0x66, 0x0f, 0xc7, 0x36 } },
	{ "vmptrst", 3, { 0x0f, 0xc7, 0x3e } },
	{ "vmread rbx", 3, { 0x0f, 0x78, 0xc3 } },
	{ "vmread memory", 3, { 0x0f, 0x78, 0x06 } },
	{ "vmwrite rbx", 3, { 0x0f, 0x79, 0xc3 } },
	{ "vmwrite memory", 3, { 0x0f, 0x79, 0x06 } },
	{ "66 vmread", 4, { 0x66, 0x0f, 0x78, 0xc3 } },
	{ "f3 vmwrite", 4, { 0xf3, 0x0f, 0x79, 0xc3 } },
	{ "lock vmxon", 5, { 0xf0, 0xf3, 0x0f, 0xc7, 0x36 } },
	{ "invept", 5, { 0x66, 0x0f, 0x38, 0x80, 0x06 } },
	{ "invvpid", 5, { 0x66, 0x0f, 0x38, 0x81, 0x06 } },
	{ "invpcid", 5, { 0x66, 0x0f, 0x38, 0x82, 0x06 } },
	{ "getsec", 2, { 0x0f, 0x37 } },
	{ "rsm", 2, { 0x0f, 0xaa } },
	{ "hreset", 6, { 0xf3, 0x0f, 0x3a, 0xf0, 0xc0, 0x00 } },
	{ "uiret", 4, { 0xf3, 0x0f, 0x01, 0xec } },
	{ "senduipi", 4, { 0xf3, 0x0f, 0xc7, 0xf0 } },
	{ "rdmsrlist", 4, { 0xf2, 0x0f, 0x01, 0xc6 } },
	{ "urdmsr", 4, { 0xf2, 0x0f, 0x38, 0xf8 } },
	{ "wbnoinvd", 3, { 0xf3, 0x0f, 0x09 } },
	{ "wbinvd", 2, { 0x0f, 0x09 } },
	{ "invd", 2, { 0x0f, 0x08 } },
	{ "rdpmc", 2, { 0x0f, 0x33 } },
	{ "enqcmds", 5, { 0xf3, 0x0f, 0x38, 0xf8, 0x06 } },
	{ "movdir64b", 5, { 0x66, 0x0f, 0x38, 0xf8, 0x06 } },
};

// 0F 01 with a register operand, all 64 of them, plain and behind each prefix.
static const char group7_name[] = "0f 01";
static const u8 prefixes[] = { 0, 0x66, 0xf3, 0xf2 };
#define GROUP7 (64 * ARRAY_SIZE(prefixes))

enum group7 {
	VMCALL = 0xc1,
	MWAIT = 0xc9,
	XSETBV = 0xd1,
	SMSW_RSP = 0xe4,
	SWAPGS = 0xf8,
	RDTSCP = 0xf9,
	MWAITX = 0xfb,
};

enum operands { ZERO, POINTERS, NOT_CANONICAL, RANDOM, OPERANDS };
static const char *const operand_names[] = { "zeros", "pointers", "no addresses", "random" };

#define LEVELS 2
#define KINDS  (ARRAY_SIZE(instructions) + GROUP7)
#define CASES  (KINDS * LEVELS * OPERANDS)

static struct instruction group7(u32 n)
{
	struct instruction i = { .name = group7_name };
	u8 prefix = prefixes[n / 64];

	if (prefix)
		i.bytes[i.size++] = prefix;
	i.bytes[i.size++] = 0x0f;
	i.bytes[i.size++] = 0x01;
	i.bytes[i.size++] = (u8)(0xc0 + n % 64);
	return i;
}

static u8 last_byte(const struct instruction *i)
{
	return i->bytes[i->size - 1];
}

static bool is_group7(const struct instruction *i, enum group7 last)
{
	return i->name == group7_name && last_byte(i) == last;
}

static u64 operand(struct hostile *h, enum operands kind)
{
	switch (kind) {
	case ZERO:
		return 0;
	case POINTERS:
		return (u64)own_page(OWN_DATA);
	case NOT_CANONICAL:
		return 0x8000000000000000 | chance(h) >> 4;
	default:
		return chance(h);
	}
}

// MWAIT sleeps without Tessera too. SWAPGS takes away what the agent finds its CPU by, SMSW its
// stack. RDTSCP's result is the time.
static bool is_left_out(const struct instruction *i, u32 cpl)
{
	return is_group7(i, MWAIT) || is_group7(i, MWAITX) || is_group7(i, RDTSCP) ||
	       (!cpl && (is_group7(i, SWAPGS) || is_group7(i, SMSW_RSP)));
}

static void play(struct hostile *h)
{
	u64 n = h->number < CASES ? h->number : chance_below(h, CASES);
	u32 cpl = n % LEVELS ? 3 : 0;
	enum operands kind = h->number < CASES ? n / LEVELS % OPERANDS : RANDOM;
	u64 which = n / LEVELS / OPERANDS;
	struct instruction i = which < ARRAY_SIZE(instructions)
				       ? instructions[which]
				       : group7((u32)(which - ARRAY_SIZE(instructions)));
	struct probe p = probe_of(place_code(i.bytes, i.size, cpl));
	u64 cr0 = read_cr0();
	u8 *data = own_page(OWN_DATA);

	h->apart = is_group7(&i, VMCALL) && i.size == 3 && !cpl;
	about(h, "%s %02x %02x at CPL %u, %s", h->apart ? "vmcall" : i.name, i.bytes[0],
	      last_byte(&i), cpl, operand_names[kind]);
	if (is_left_out(&i, cpl))
		return;
	memset(data, 0, 64);
	for (u32 r = 0; r < 16; r++)
		p.gpr[r] = operand(h, kind);
	if (kind == RANDOM)
		p.gpr[RSI] = (u64)data;
	if (is_group7(&i, XSETBV))
		p.gpr[RAX] &= ~1ULL; // no value that the CPU takes
	if (h->apart)
		p.gpr[RAX] |= TESSERA_CALL_COUNT + 100; // no call
	run_and_note(h, &p, cpl);
	note(h, "cr0", read_cr0());
	write_cr0(cr0); // LMSW
}

const struct group vmx_group = { .name = "vmx", .cases = CASES, .random = true, .play = play };
