// SPDX-License-Identifier: MIT
// The local APIC by its page: every register read, most of them written, commands of every delivery
// mode to an APIC that does not exist; and the MSR with its address.
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/hostile/agent/hostile.h"
#include "tests/emul/system/agent/apic.h"

#define REGISTERS      64
#define NOBODY         0x77 // no CPU has that ID
#define ICR_LOW        0x300
#define ICR_HIGH       0x310
#define DFR            0xe0
#define ESR            0x280
#define COUNT_FIRST    0x380
#define COUNT_NOW      0x390
#define MASKED         0x10000U
#define BASE_BITS      64
#define MODES          8
#define BASE_EXTD      10
#define BASE_FREE(bit) ((bit) == 8 || ((bit) >= 11 && (bit) < 52))

#define READS          REGISTERS
#define COMMANDS       (MODES * 2 * 2 * 2 * 4)
#define CASES          (READS + COMMANDS + BASE_BITS)

static volatile u32 *apic(u32 offset)
{
	return (volatile u32 *)(u64)(APIC_BASE + offset);
}

static void load(void)
{
	__asm__ volatile("movl (%%rsi), %%eax" ::: "rax", "memory");
}

static void store(void)
{
	__asm__ volatile("movl %%eax, (%%rsi)" ::: "memory");
}

static struct probe access(code c, u32 offset, u32 value)
{
	struct probe p = probe_of(c);

	p.gpr[RSI] = (u64)apic(offset);
	p.gpr[RAX] = value;
	probe_run(&p);
	return p;
}

static void note_access(struct hostile *h, const char *name, struct probe p)
{
	note(h, "vector", p.vector);
	note(h, name, p.gpr[RAX]);
}

static void play_read(struct hostile *h, u32 n)
{
	u32 offset = n * 16;

	h->apart = offset == ICR_LOW;
	about(h, "read apic %x", offset);
	if (offset == COUNT_FIRST || offset == COUNT_NOW) // the firmware's timer
		return;
	note_access(h, "value", access(load, offset, 0));
}

// Task priority, logical ID, destination format and the local vector table, masked.
static void play_write(struct hostile *h)
{
	static const u32 offsets[] = { 0x20,  0x30,  0x80,  0xd0,  0xe0, 0x280, 0x320, 0x330, 0x340,
				       0x350, 0x360, 0x370, 0x3e0, 0x40, 0x90,  0x200, 0x3f0 };
	u32 offset = offsets[chance_below(h, ARRAY_SIZE(offsets))];
	u32 now = *apic(offset), value = (u32)chance(h);

	if (offset == DFR) // the emulator panics at other formats than cluster and flat
		value = value % 2 ? ~0U : ~0U >> 4;
	if (offset >= 0x320 && offset <= 0x370)
		value |= MASKED;
	about(h, "write apic %x", offset);
	note(h, "value", value);
	note_access(h, "wrote", access(store, offset, value));
	note_access(h, "read", access(load, offset, 0));
	access(store, offset, now);
	*apic(ESR) = 0;
	*apic(ESR) = 0;
}

// No shorthand: the destination alone decides, and nobody has it.
static void play_command(struct hostile *h, u32 n)
{
	u32 mode = n % MODES, level = n / MODES % 2, trigger = n / MODES / 2 % 2;
	u32 logical = n / MODES / 4 % 2, vector = (u32)chance_below(h, 256);
	u32 command = vector | mode << 8 | logical << 11 | level << 14 | trigger << 15;

	about(h, "command %x", command);
	access(store, ICR_HIGH, logical ? 0 : NOBODY << 24);
	note_access(h, "wrote", access(store, ICR_LOW, command));
	note_access(h, "read", access(load, ICR_LOW, 0));
	*apic(ESR) = 0;
	note_access(h, "errors", access(load, ESR, 0));
	*apic(ESR) = 0;
}

// The emulator never switches its APIC on again, so the bits that design.md names are flipped
// under Tessera only.
static void play_base(struct hostile *h, u32 bit)
{
	static const u8 wrmsr_code[] = { 0x0f, 0x30 };
	u64 now = rdmsr(IA32_APIC_BASE), value = now ^ BIT(bit);
	struct probe p = probe_of(place_code(wrmsr_code, sizeof(wrmsr_code), 0));

	h->apart = BASE_FREE(bit);
	about(h, "flip bit %u of the apic's base", bit);
	if (bit == BASE_EXTD || (h->apart && !tessera_present()))
		return;
	p.gpr[RCX] = IA32_APIC_BASE;
	p.gpr[RAX] = (u32)value;
	p.gpr[RDX] = value >> 32;
	run_and_note(h, &p, 0);
	note(h, "changed", rdmsr(IA32_APIC_BASE) ^ now);
	wrmsr(IA32_APIC_BASE, now);
}

static void play(struct hostile *h)
{
	u64 n = h->number;

	if (n < READS)
		play_read(h, (u32)n);
	else if (n < READS + COMMANDS)
		play_command(h, (u32)(n - READS));
	else if (n < CASES)
		play_base(h, (u32)(n - READS - COMMANDS));
	else if (chance_below(h, 2))
		play_write(h);
	else
		play_command(h, (u32)chance_below(h, COMMANDS));
}

const struct group apic_group = { .name = "apic", .cases = CASES, .random = true, .play = play };
