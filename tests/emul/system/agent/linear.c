// SPDX-License-Identifier: MIT
// Guest-virtual ranges: the hypervisor walks the caller's page tables, here some that the scenario
// lays out in the high half of the address space.
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define SLOT      496
#define BASE      (0xffff000000000000ULL | (u64)SLOT << 39)
#define SMALL     BASE             // 512 pages of 4 KiB
#define LARGE     (BASE + SIZE_2M) // the arena, in pages of 2 MiB
#define HUGE      (BASE + SIZE_1G) // the first GiB, in one page
#define PTE_LARGE 0x80

#define TABLES    150 // their pages in the arena
#define DATA      160

enum { POINTERS, DIRECTORY, LEAVES, TABLE_COUNT };

static u64 *table(u32 n)
{
	return (u64 *)page(TABLES + n);
}

static u64 *root(void)
{
	return (u64 *)memory_root();
}

static void lay_out(void)
{
	for (u32 i = 0; i < TABLE_COUNT; i++)
		memset(table(i), 0, PAGE_SIZE);
	root()[SLOT] = gpa_of(table(POINTERS)) | PTE_P | PTE_W;
	table(POINTERS)[0] = gpa_of(table(DIRECTORY)) | PTE_P | PTE_W;
	table(POINTERS)[1] = PTE_P | PTE_W | PTE_LARGE;
	table(DIRECTORY)[0] = gpa_of(table(LEAVES)) | PTE_P | PTE_W;
	for (u32 i = 0; i < ARENA_SIZE / SIZE_2M; i++)
		table(DIRECTORY)[1 + i] = (gpa_of(arena) + i * SIZE_2M) | PTE_P | PTE_W | PTE_LARGE;
}

static void map(u32 n, u64 gpa)
{
	table(LEAVES)[n] = gpa | PTE_P | PTE_W;
}

static u64 small(u32 n)
{
	return SMALL + n * PAGE_SIZE;
}

static void must(enum tessera_call what, u64 gva, u64 length)
{
	u64 value;
	s64 error = call(what, TESSERA_RULE_DENY, gva, length, &value);

	CHECK(!error, "call %u of 0x%lx+0x%lx: %s at 0x%lx", what, gva, length, call_error(error),
	      value);
	same("value", value, 0);
}

static void refuse(enum tessera_call what, u64 gva, u64 length, enum tessera_error expected,
		   u64 where)
{
	u64 regions = query(TESSERA_QUERY_REGIONS), pages = query(TESSERA_QUERY_FREE_PAGES);
	u64 value;
	s64 error = call(what, TESSERA_RULE_DENY, gva, length, &value);

	CHECK(error == expected, "call %u of 0x%lx+0x%lx: %s instead of %s", what, gva, length,
	      call_error(error), call_error(expected));
	same("address", value, where);
	same("regions", query(TESSERA_QUERY_REGIONS), regions);
	same("free pages", query(TESSERA_QUERY_FREE_PAGES), pages);
}

// In the order of addresses.
static void expect_region(u32 index, const u8 *start, u64 length)
{
	struct tessera_region r;
	s64 error = call(TESSERA_CALL_REGION_GET, index, gpa_of(&r), 0, NULL);

	CHECK(!error, "region %u: %s", index, call_error(error));
	same("region's address", r.gpa, gpa_of(start));
	same("region's length", r.length, length);
}

// 0 1 4 3 2 6: two pages together, then single ones, the last of them only in part.
static void map_pieces(void)
{
	static const u8 order[] = { 0, 1, 4, 3, 2, 6 };

	lay_out();
	for (u32 i = 0; i < ARRAY_SIZE(order); i++)
		map(i, gpa_of(page(DATA + order[i])));
}

#define HEAD  0x123
#define RANGE (6 * PAGE_SIZE - HEAD - 0x234)

// While CPUs start, Tessera has a region of its own over the APIC's page, the last of all.
static void expect_pieces(u64 others)
{
	same("regions", query(TESSERA_QUERY_REGIONS), others + 5);
	expect_region(0, page(DATA) + HEAD, 2 * PAGE_SIZE - HEAD);
	expect_region(1, page(DATA + 2), PAGE_SIZE);
	expect_region(2, page(DATA + 3), PAGE_SIZE);
	expect_region(3, page(DATA + 4), PAGE_SIZE);
	expect_region(4, page(DATA + 6), PAGE_SIZE - 0x234);
	CHECK(!denied8(page(DATA) + HEAD - 1, 1), "the byte before");
	CHECK(denied8(page(DATA) + HEAD, 1), "the first byte");
	CHECK(denied8(page(DATA + 3), 1) && denied8((u8 *)small(3), 1), "a page in between");
	CHECK(denied8(page(DATA + 6) + PAGE_SIZE - 0x235, 1), "the last byte");
	CHECK(!denied8(page(DATA + 6) + PAGE_SIZE - 0x234, 1), "the byte behind");
	CHECK(!denied8(page(DATA + 5), 1), "a page that is not mapped there");
}

void gva_ranges_follow_the_tables(void)
{
	u64 shootdowns = query(TESSERA_QUERY_SHOOTDOWNS);
	u64 others = query(TESSERA_QUERY_REGIONS);

	map_pieces();
	must(TESSERA_CALL_PROTECT_GVA, SMALL + HEAD, RANGE);
	same("shootdowns", query(TESSERA_QUERY_SHOOTDOWNS), shootdowns + 1);
	expect_pieces(others);
	must(TESSERA_CALL_UNPROTECT_GVA, SMALL + HEAD, RANGE);
	same("regions", query(TESSERA_QUERY_REGIONS), others);
	CHECK(!denied8((u8 *)small(2), 1), "a page stayed protected");
	root()[SLOT] = 0;
}

// Protection is the memory's, not the address's.
void gva_ranges_stay_where_they_were(void)
{
	u64 others = query(TESSERA_QUERY_REGIONS), old;

	map_pieces();
	must(TESSERA_CALL_PROTECT_GVA, SMALL + HEAD, RANGE);
	old = table(LEAVES)[2];
	map(2, gpa_of(page(DATA + 9)));
	invlpg((void *)small(2));
	CHECK(!denied8((u8 *)small(2), 1), "the new page is protected");
	expect_pieces(others);
	refuse(TESSERA_CALL_UNPROTECT_GVA, SMALL + HEAD, RANGE, TESSERA_NOT_FOUND, small(2));
	expect_pieces(others);
	table(LEAVES)[2] = old;
	must(TESSERA_CALL_UNPROTECT_GVA, SMALL + HEAD, RANGE);
	same("regions", query(TESSERA_QUERY_REGIONS), others);
	root()[SLOT] = 0;
}

// Two CPUs, or two programs, see different memory at one address: the caller's own counts.
void gva_ranges_are_the_callers(void)
{
	u64 *other = (u64 *)page(TABLES + TABLE_COUNT), others = query(TESSERA_QUERY_REGIONS);

	map_pieces();
	memcpy(other, root(), PAGE_SIZE);
	other[SLOT] = gpa_of(page(TABLES + TABLE_COUNT + 1)) | PTE_P | PTE_W;
	memset(page(TABLES + TABLE_COUNT + 1), 0, PAGE_SIZE);
	*(u64 *)page(TABLES + TABLE_COUNT + 1) = gpa_of(page(DATA)) | PTE_P;
	memset(page(DATA), 0, PAGE_SIZE);
	*(u64 *)page(DATA) = ALIGN_DOWN(gpa_of(page(DATA + 7)), SIZE_2M) | PTE_P | PTE_LARGE;
	write_cr3((u64)other);
	must(TESSERA_CALL_PROTECT_GVA, BASE + gpa_of(page(DATA + 7)) % SIZE_2M, 8);
	write_cr3(memory_root());
	same("regions", query(TESSERA_QUERY_REGIONS), others + 1);
	expect_region(0, page(DATA + 7), 8);
	refuse(TESSERA_CALL_UNPROTECT_GVA, BASE, 8, TESSERA_NOT_FOUND, BASE);
	root()[SLOT] = 0;
}

void gva_ranges_in_large_pages(void)
{
	lay_out();
	must(TESSERA_CALL_PROTECT_GVA, LARGE + SIZE_2M - 100, 200);
	expect_region(0, arena + SIZE_2M - 100, 200);
	must(TESSERA_CALL_PROTECT_GVA, LARGE + 8, SIZE_2M - 200);
	expect_region(0, arena + 8, SIZE_2M - 200);
	must(TESSERA_CALL_UNPROTECT_GVA, LARGE + SIZE_2M - 100, 200);
	must(TESSERA_CALL_UNPROTECT_GVA, LARGE + 8, SIZE_2M - 200);
	must(TESSERA_CALL_PROTECT_GVA, HUGE + gpa_of(page(DATA)) + 5, 3);
	expect_region(0, page(DATA) + 5, 3);
	must(TESSERA_CALL_UNPROTECT, gpa_of(page(DATA)) + 5, 3);
	must(TESSERA_CALL_PROTECT_GVA, gpa_of(page(DATA)) + 5, 3); // the agent's own map
	expect_region(0, page(DATA) + 5, 3);
	root()[SLOT] = 0;
}

static void refuse_range(u64 gva, u64 length, enum tessera_error expected, u64 where)
{
	refuse(TESSERA_CALL_PROTECT_GVA, gva, length, expected, where);
}

void gva_ranges_refuse_holes(void)
{
	const enum tessera_error none = TESSERA_BAD_ADDRESS;

	map_pieces();
	refuse_range(SMALL + HEAD, 7 * PAGE_SIZE, none, small(6));
	refuse_range(small(6) + 77, 8, none, small(6) + 77);
	refuse(TESSERA_CALL_UNPROTECT_GVA, small(5), 8192, none, small(6));
	refuse_range(LARGE + ARENA_SIZE, 1, none, LARGE + ARENA_SIZE);
	refuse_range(BASE + 2 * SIZE_1G, 1, none, BASE + 2 * SIZE_1G);
	refuse_range(BASE + BIT(39), 1, none, BASE + BIT(39));
	refuse_range(BIT(47), 8, none, BIT(47)); // not canonical
	map(6, argument[0]);
	refuse_range(SMALL, 7 * PAGE_SIZE, none, small(6));
	map(6, BIT(51));
	refuse_range(SMALL, 7 * PAGE_SIZE, none, small(6));
	table(POINTERS)[2] = argument[0] | PTE_P;
	refuse_range(BASE + 2 * SIZE_1G, 1, none, BASE + 2 * SIZE_1G);
	root()[SLOT] = 0;
}

void gva_ranges_refuse_nonsense(void)
{
	u64 value;

	map_pieces();
	refuse_range(SMALL, 0, TESSERA_BAD_ARGUMENT, 0);
	refuse_range(SMALL, ~0ULL, TESSERA_BAD_ARGUMENT, 0);
	refuse_range(~0ULL, 2, TESSERA_BAD_ARGUMENT, 0);
	refuse_range(~0ULL, 1, TESSERA_BAD_ADDRESS, ~0ULL);
	same("error", (u64)call(TESSERA_CALL_PROTECT_GVA, 255, SMALL, 8, &value),
	     (u64)TESSERA_NOT_FOUND);
	same("error", (u64)call(TESSERA_CALL_PROTECT_GVA, BIT(32), SMALL, 8, &value),
	     (u64)TESSERA_NOT_FOUND);
	map(6, gpa_of(page(DATA + 3))); // a second time
	refuse_range(SMALL, 7 * PAGE_SIZE, TESSERA_EXISTS, small(6));
	for (u32 i = 0; i < TABLE_ENTRIES; i++)
		map(i, gpa_of(page(DATA + i)));
	refuse_range(SMALL, SIZE_2M + 1, TESSERA_LIMIT, LARGE);
	must(TESSERA_CALL_PROTECT_GVA, SMALL, SIZE_2M);
	expect_region(0, page(DATA), SIZE_2M);
	root()[SLOT] = 0;
}
