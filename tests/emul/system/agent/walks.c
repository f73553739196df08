// SPDX-License-Identifier: MIT
// The CPU's own stores: accessed and dirty bits in a protected page table, and the same page
// under two linear addresses (39, 44).
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

void both_aliases_are_denied(void)
{
	u8 *one = window_map(0, gpa_of(page(5)), PTE_P | PTE_W);
	u8 *other = window_map(7, gpa_of(page(5)), PTE_P | PTE_W);

	access_set_one(page(5), ~2U);
	CHECK(denied8(one + TILE, 1) && denied8(other + TILE, 1) && denied8(page(5) + TILE, 1),
	      "an alias lets stores through");
	CHECK(!denied8(one, 1) && !denied8(other, 2) && !denied8(page(5), 3),
	      "an alias denies stores");
	same("byte", page(5)[0], 3);
}

static void touch_read(void)
{
	__asm__ volatile("movb (%%rdi), %%al" ::: "rax", "memory");
}

static void touch_write(void)
{
	__asm__ volatile("movb %%al, (%%rdi)" ::: "memory");
}

static void touch(code c, u8 *linear)
{
	struct probe p = probe_of(c);

	p.gpr[RDI] = (u64)linear;
	p.gpr[RAX] = 0x42;
	probe_run(&p);
	CHECK(p.vector == NO_FAULT, "vector %u error 0x%x", p.vector, p.error);
}

// Maps some pages, protects the table by `action`, and has the CPU set A and D in it.
static void walk_through(enum tessera_action action, u64 start, u64 length)
{
	static u64 before[TABLE_ENTRIES];
	const u32 first = 16, count = 4; // the second tile of the table

	for (u32 i = 0; i < count; i++)
		window_map(first + i, gpa_of(page(20 + i)), PTE_P | PTE_W);
	memcpy(before, window_table, PAGE_SIZE);
	protect(action, (u8 *)window_table + start, length);
	for (u32 i = 0; i < count; i++) {
		u8 *linear = WINDOW + (first + i) * PAGE_SIZE;

		touch(touch_read, linear + 5);
		before[first + i] |= PTE_A;
		same("entry after a read", window_table[first + i], before[first + i]);
		touch(touch_read, linear + 6);
		touch(touch_write, linear + 5);
		before[first + i] |= PTE_D;
		same("entry after a write", window_table[first + i], before[first + i]);
		same("the byte written", page(20 + i)[5], 0x42);
	}
	for (u32 i = 0; i < TABLE_ENTRIES; i++)
		same("entry", window_table[i], before[i]);
	CHECK(call_clean_up(), "clean-up");
}

void walks_through_a_denied_table(void)
{
	walk_through(TESSERA_ACTION_DENY, 0, PAGE_SIZE);
	walk_through(TESSERA_ACTION_DENY, TILE, TILE);
	walk_through(TESSERA_ACTION_DENY, TILE + 8, 1);
	walk_through(TESSERA_ACTION_DENY, 16 * 8, 3);
}

void walks_through_a_discarding_table(void)
{
	walk_through(TESSERA_ACTION_DISCARD, 0, PAGE_SIZE);
	walk_through(TESSERA_ACTION_DISCARD, TILE, 24);
}

void walks_through_an_audited_table(void)
{
	walk_through(TESSERA_ACTION_AUDIT, 0, PAGE_SIZE);
}

// A store into the table, by contrast, is a store.
void stores_to_a_denied_table(void)
{
	window_map(16, gpa_of(page(20)), PTE_P | PTE_W);
	protect(TESSERA_ACTION_DENY, window_table, PAGE_SIZE);
	CHECK(denied64(&window_table[16], 0), "the table can be written");
	touch(touch_write, WINDOW + 16 * PAGE_SIZE);
}

// The store and the walk for it meet protected memory, and so does the store's other page.
void a_store_and_its_walk(void)
{
	u8 *linear = window_map(30, gpa_of(page(21)), PTE_P | PTE_W);

	window_map(31, gpa_of(page(22)), PTE_P | PTE_W);
	protect(TESSERA_ACTION_DENY, window_table, PAGE_SIZE);
	protect(TESSERA_ACTION_AUDIT, page(21), PAGE_SIZE);
	protect(TESSERA_ACTION_AUDIT, page(22), PAGE_SIZE);
	CHECK(!denied64(linear + PAGE_SIZE - 3, 0x1122334455667788), "denied");
	same("low part", *(u32 *)(page(21) + PAGE_SIZE - 4) >> 8, 0x667788);
	same("high part", *(u64 *)page(22) & 0xffffffffff, 0x1122334455);
	same("entry", window_table[31], gpa_of(page(22)) | PTE_P | PTE_W | PTE_A | PTE_D);
}
