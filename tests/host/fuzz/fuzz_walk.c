// SPDX-License-Identifier: MIT
// Sources: hv/core/guest_walk.c
// Options: -max_len=400
// Any page tables of a guest: the walk ends, reads no memory but RAM, and says what a second walker
// says that follows the manual's tables field by field ("4-Level Paging and 5-Level Paging").
#include <stdlib.h>
#include <string.h>

#include "hv/core/guest_memory.h"
#include "hv/core/guest_walk.h"
#include "hv/x86/control_regs.h"

#define RAM_PAGES 6
#define ENTRIES   512
#define WORDS     40 // of the input, which fill the tables

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static u64 ram[RAM_PAGES][ENTRIES];

static void demand(bool condition)
{
	if (!condition)
		abort();
}

void *window_map(struct cpu *c, enum window window, u64 gpa)
{
	(void)c;
	demand(window == WINDOW_WALK && gpa % sizeof(u64) == 0);
	return gpa < sizeof(ram) ? (u8 *)ram + gpa : NULL;
}

int guest_read(struct cpu *c, u64 gpa, void *to, u64 length)
{
	(void)c;
	demand(length && gpa % PAGE_SIZE + length <= PAGE_SIZE);
	memset(to, 0, length);
	return TESSERA_OK;
}

// Bits `high` to `low` of a value, in their place.
static u64 field(u64 value, u32 high, u32 low)
{
	return value >> low << low & (~0ULL >> (63 - high));
}

struct found {
	int error;
	u32 entries;
	u64 gpa, size;
	bool writable, user;
};

// The levels from the root: which bits of the address select, and the size of a page that bit 7
// makes of the entry, 0 = none.
static const struct level {
	u32 high, low;
	u64 page;
} levels[] = {
	{ 56, 48, 0 }, { 47, 39, 0 }, { 38, 30, 1ULL << 30 }, { 29, 21, 1ULL << 21 }, { 20, 12, 0 }
};

static bool repeats_top_bit(u64 linear, u32 top)
{
	u64 above = field(linear, 63, top);

	return above == 0 || above == field(~0ULL, 63, top);
}

static struct found expected(const struct paging *p, u64 linear)
{
	struct found f = { .error = TESSERA_BAD_ADDRESS, .writable = true, .user = true };
	u32 first = p->cr4 & CR4_LA57 ? 0 : 1;
	u64 table = field(p->cr3, 51, 12);

	if (!repeats_top_bit(linear, levels[first].high))
		return f;
	for (const struct level *l = &levels[first]; l < levels + ARRAY_SIZE(levels); l++) {
		u64 at = table + field(linear, l->high, l->low) / (1ULL << l->low) * 8, entry;

		if (at >= sizeof(ram))
			return f;
		entry = ram[at / PAGE_SIZE][at % PAGE_SIZE / 8];
		f.entries++;
		if (!(entry & 1))
			return f;
		f.writable &= entry >> 1 & 1;
		f.user &= entry >> 2 & 1;
		table = field(entry, 51, 12);
		f.size = l->low == 12 ? PAGE_SIZE : entry >> 7 & 1 ? l->page : 0;
		if (f.size)
			break;
	}
	f.error = TESSERA_OK;
	f.gpa = table / f.size * f.size + linear % f.size;
	return f;
}

static void check(const struct paging *p, u64 linear)
{
	struct found f = expected(p, linear);
	struct walk w;

	demand(walk_linear(NULL, p, linear, &w) == f.error);
	demand(w.levels == f.entries && w.levels <= WALK_LEVELS_MAX);
	if (f.error)
		return;
	demand(w.gpa == f.gpa && w.size == f.size);
	demand(!(w.all & PTE_WRITE) == !f.writable && !(w.all & PTE_USER) == !f.user);
}

// Most entries point into RAM: others end the walk.
static u64 likely_entry(u64 word)
{
	return word >> 60 ? (word & 0xfff) | 1 | (word >> 12) % RAM_PAGES * PAGE_SIZE : word;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u64 word[WORDS + 4] = { 0 };
	u8 bytes[3 * PAGE_SIZE];

	memcpy(word, data, MIN(size, sizeof(word)));
	for (u32 i = 0; i < RAM_PAGES * ENTRIES; i++)
		ram[i / ENTRIES][i % ENTRIES] = likely_entry(word[4 + i % WORDS]);
	const struct paging p = { .cr0 = CR0_PG,
				  .cr3 = likely_entry(word[0]),
				  .cr4 = word[1] & CR4_LA57,
				  .efer = EFER_LMA };
	u64 linear = word[2];

	check(&p, linear);
	for (u32 top = 47; top <= 56; top += 9) // canonical ones, too
		check(&p, (u64)((s64)(linear << (63 - top)) >> (63 - top)));
	guest_read_linear(NULL, &p, linear, bytes, word[3] % sizeof(bytes));
	return 0;
}
