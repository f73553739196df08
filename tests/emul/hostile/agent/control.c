// SPDX-License-Identifier: MIT
// Control and debug registers and XCR0: each of their bits, values that do not go together, and
// registers that do not exist, at CPL 0 and 3.
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tests/emul/hostile/agent/hostile.h"

#define BITS     64
#define CR3_LOW  12 // bits below the table's address
#define CR3_HIGH 52 // bits above it
#define PWT_PCD  0x18

static u64 all_of_cr0(struct hostile *h)
{
	return chance(h) & 0xffffffff;
}

// What a case writes: the present value with one bit changed, one bit alone, or something else.
static u64 value_of(struct hostile *h, u64 now, u64 n)
{
	if (n < BITS)
		return now ^ BIT(n);
	if (n < 2 * BITS)
		return BIT(n - BITS);
	switch (n % 4) {
	case 0:
		return now ^ BIT(chance_below(h, BITS)) ^ BIT(chance_below(h, BITS));
	case 1:
		return now ^ all_of_cr0(h);
	case 2:
		return chance(h) >> chance_below(h, BITS);
	default:
		return chance(h);
	}
}

// A CR3 that the CPU refuses or that leads to the same tables.
static u64 cr3_of(struct hostile *h, u64 n)
{
	u64 bit = n < 2 * BITS ? n % BITS : chance_below(h, BITS);
	u64 low = n < 2 * BITS ? 0 : chance(h) & (BIT(CR3_LOW) - 1);

	if (bit >= CR3_LOW && bit < CR3_HIGH)
		return memory_root() | low;
	return (memory_root() | low) ^ BIT(bit);
}

enum target { CR0, CR2, CR3, CR4, CR8, XCR0, DR0, DR1, DR2, DR3, DR4, DR5, DR6, DR7, TARGETS };

// Each writes RAX and reads the register to RBX. DR7 is cleared as well: no breakpoint stays.
static const struct target_code {
	const char *name;
	u32 size;
	u8 bytes[16];
} targets[TARGETS] = {
	[CR0] = { "cr0", 6, { 0x0f, 0x22, 0xc0, 0x0f, 0x20, 0xc3 } },
	[CR2] = { "cr2", 6, { 0x0f, 0x22, 0xd0, 0x0f, 0x20, 0xd3 } },
	[CR3] = { "cr3", 6, { 0x0f, 0x22, 0xd8, 0x0f, 0x20, 0xdb } },
	[CR4] = { "cr4", 6, { 0x0f, 0x22, 0xe0, 0x0f, 0x20, 0xe3 } },
	[CR8] = { "cr8", 8, { 0x44, 0x0f, 0x22, 0xc0, 0x44, 0x0f, 0x20, 0xc3 } },
	[XCR0] = { "xcr0", 6, { 0x0f, 0x01, 0xd1, 0x0f, 0x01, 0xd0 } },
	[DR0] = { "dr0", 6, { 0x0f, 0x23, 0xc0, 0x0f, 0x21, 0xc3 } },
	[DR1] = { "dr1", 6, { 0x0f, 0x23, 0xc8, 0x0f, 0x21, 0xcb } },
	[DR2] = { "dr2", 6, { 0x0f, 0x23, 0xd0, 0x0f, 0x21, 0xd3 } },
	[DR3] = { "dr3", 6, { 0x0f, 0x23, 0xd8, 0x0f, 0x21, 0xdb } },
	[DR4] = { "dr4", 6, { 0x0f, 0x23, 0xe0, 0x0f, 0x21, 0xe3 } },
	[DR5] = { "dr5", 11, { 0x0f, 0x23, 0xe8, 0x0f, 0x21, 0xeb, 0x31, 0xc0, 0x0f, 0x23, 0xf8 } },
	[DR6] = { "dr6", 6, { 0x0f, 0x23, 0xf0, 0x0f, 0x21, 0xf3 } },
	[DR7] = { "dr7", 11, { 0x0f, 0x23, 0xf8, 0x0f, 0x21, 0xfb, 0x31, 0xc0, 0x0f, 0x23, 0xf8 } },
};

#define VALUES (2 * BITS)
#define MOVES  (TARGETS * VALUES * 2)

// Moves to and from each register number of both files, LMSW, CLTS and their like.
enum other { TO_CR, FROM_CR, TO_DR, FROM_DR, LMSW, CLTS, SMSW, OTHERS };
#define NUMBERS 16
#define CASES   (MOVES + OTHERS * NUMBERS * 2)

struct saved {
	u64 cr0, cr2, cr4;
	u64 xcr0;
};

static u64 read_xcr0(void)
{
	u32 low, high;

	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return low | (u64)high << 32;
}

static struct saved save(void)
{
	return (struct saved){ read_cr0(), read_cr2(), read_cr4(), read_xcr0() };
}

static void restore(const struct saved *s)
{
	u64 zero = 0;

	__asm__ volatile("mov %0, %%dr7" ::"r"(zero));
	__asm__ volatile("mov %0, %%cr8" ::"r"(zero));
	write_cr0(s->cr0);
	write_cr4(s->cr4);
	write_cr3(memory_root());
	write_cr2(s->cr2);
	__asm__ volatile("mov %0, %%dr0\n"
			 "mov %0, %%dr1\n"
			 "mov %0, %%dr2\n"
			 "mov %0, %%dr3\n"
			 "mov %1, %%dr6" ::"r"(zero),
			 "r"(0xffff0ff0ULL));
	__asm__ volatile("xsetbv" ::"a"((u32)s->xcr0), "d"((u32)(s->xcr0 >> 32)), "c"(0));
}

static u64 present(enum target t, const struct saved *s)
{
	switch (t) {
	case CR0:
		return s->cr0;
	case CR4:
		return s->cr4;
	case XCR0:
		return s->xcr0;
	default:
		return 0;
	}
}

// VMX is off: CR4.VMXE (13) is reserved, and so is SMXE (14).
#define CR4_APART (BIT(13) | BIT(14))

static void play_move(struct hostile *h, u64 n)
{
	u32 cpl = n % 2 ? 3 : 0;
	enum target t = n / 2 % TARGETS;
	const struct target_code *c = &targets[t];
	struct saved s = save();
	u64 which = n / 2 / TARGETS;
	u64 value = t == CR3 ? cr3_of(h, which) : value_of(h, present(t, &s), which);
	struct probe p = probe_of(place_code(c->bytes, c->size, cpl));

	h->apart = t == CR4 && !cpl && value & CR4_APART;
	about(h, "mov %s at CPL %u", c->name, cpl);
	if (t != CR3)
		note(h, "value", value);
	p.gpr[RAX] = value;
	if (t == XCR0) {
		p.gpr[RAX] = (u32)value;
		p.gpr[RDX] = value >> 32;
		p.gpr[RCX] = n % 64 == 63; // XCR1
	}
	if (cpl)
		probe_run_user(&p);
	else
		probe_run(&p);
	restore(&s);
	note(h, "vector", p.vector);
	note(h, "error", p.error);
	note(h, "at", p.vector < 32 ? p.rip - (u64)p.code : 0);
	note(h, "now", t == CR3 ? p.gpr[RBX] & ~memory_root() : p.gpr[RBX]);
}

static void play_other(struct hostile *h, u64 n)
{
	static const char *const names[OTHERS] = { "mov to cr",   "mov from cr", "mov to dr",
						   "mov from dr", "lmsw",        "clts",
						   "smsw" };
	static const u8 opcodes[OTHERS] = { 0x22, 0x20, 0x23, 0x21, 0x01, 0x06, 0x01 };
	u32 cpl = n % 2 ? 3 : 0;
	enum other o = n / 2 % OTHERS;
	u32 number = (u32)(n / 2 / OTHERS);
	bool prefixed = number >= 8 && o <= FROM_DR;
	u8 modrm = (u8)(o == LMSW ? 0xf0 : o == SMSW ? 0xe3 : 0xc0 | number % 8 << 3);
	const u8 bytes[] = { 0x44, 0x0f, opcodes[o], modrm };
	u32 first = prefixed ? 0 : 1;
	struct saved s = save();
	struct probe p;

	about(h, "%s %u at CPL %u", names[o], number, cpl);
	if (o == TO_CR && (number == 0 || number == 3 || number == 4))
		return; // with chosen values above
	p = probe_of(place_code(bytes + first, (o == CLTS ? 3 : 4) - first, cpl));
	p.gpr[RAX] = o == LMSW ? number : 0;
	if (o == CLTS)
		write_cr0(s.cr0 | BIT(3));
	if (cpl)
		probe_run_user(&p);
	else
		probe_run(&p);
	note(h, "cr0", read_cr0());
	restore(&s);
	note(h, "vector", p.vector);
	note(h, "error", p.error);
	note(h, "rbx", p.gpr[RBX]);
	if (o == FROM_CR && number == 3)
		return;
	note(h, "rax", p.gpr[RAX]);
}

static void play(struct hostile *h)
{
	if (h->number < MOVES)
		play_move(h, h->number);
	else if (h->number < CASES)
		play_other(h, h->number - MOVES);
	else
		play_move(h, chance_below(h, MOVES) + MOVES);
}

const struct group control_group = {
	.name = "control", .cases = CASES, .random = true, .play = play
};
