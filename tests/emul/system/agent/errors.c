// SPDX-License-Identifier: MIT
// Calls that must fail: with the error that the ABI header names, and without any trace (15, 16).
#include "hv/lib/string.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define BEYOND  BIT(52)    // no CPU has memory there
#define DEVICES 0xfec00000 // the I/O APIC: mapped, and not RAM
#define NO_RULE 0x7fffffffULL

static u32 maps[TESSERA_ACCESS_MAX];

static void expect_error(enum tessera_call number, u64 a, u64 b, u64 c, enum tessera_error expected)
{
	u64 regions = query(TESSERA_QUERY_REGIONS), pages = query(TESSERA_QUERY_FREE_PAGES);
	u64 value;
	s64 error = call(number, a, b, c, &value);

	CHECK(error == expected, "call %u(0x%lx, 0x%lx, 0x%lx) answers %s instead of %s", number, a,
	      b, c, call_error(error), call_error(expected));
	same("value after an error", value, 0);
	same("regions", query(TESSERA_QUERY_REGIONS), regions);
	same("free pages", query(TESSERA_QUERY_FREE_PAGES), pages);
}

void protect_refuses(void)
{
	const enum tessera_call p = TESSERA_CALL_PROTECT;
	u64 at = gpa_of(page(0));

	expect_error(p, NO_RULE, at, 8, TESSERA_NOT_FOUND);
	expect_error(p, ~0ULL, at, 8, TESSERA_NOT_FOUND);
	expect_error(p, BIT(32), at, 8, TESSERA_NOT_FOUND);
	expect_error(p, 0, at, 0, TESSERA_BAD_ARGUMENT);
	expect_error(p, 0, at, ~0ULL, TESSERA_BAD_ARGUMENT);
	expect_error(p, 0, BEYOND, 8, TESSERA_BAD_ADDRESS);
	expect_error(p, 0, at, BEYOND, TESSERA_BAD_ADDRESS);
	expect_error(p, 0, argument[0], PAGE_SIZE, TESSERA_BAD_ADDRESS);
	expect_error(p, 0, argument[0] + argument[1] - 1, 2, TESSERA_BAD_ADDRESS);
	protect(TESSERA_ACTION_DENY, page(0), 8);
	expect_error(p, 0, at, 8, TESSERA_EXISTS);
	unprotect(TESSERA_ACTION_DENY, page(0), 8);
	CHECK(!denied8(page(0), 1), "something stayed protected");
}

void unprotect_refuses(void)
{
	const enum tessera_call u = TESSERA_CALL_UNPROTECT;
	u64 at = gpa_of(page(0));

	protect(TESSERA_ACTION_DENY, page(0), 8);
	expect_error(u, 0, at, 7, TESSERA_NOT_FOUND);
	expect_error(u, 0, at + 1, 7, TESSERA_NOT_FOUND);
	expect_error(u, 0, at, 9, TESSERA_NOT_FOUND);
	expect_error(u, TESSERA_RULE_ACCESS, at, 8, TESSERA_NOT_FOUND);
	expect_error(u, NO_RULE, at, 8, TESSERA_NOT_FOUND);
	CHECK(denied8(page(0), 1), "a refused call opened the region");
}

void access_refuses(void)
{
	u64 at = gpa_of(page(0)), map = gpa_of(maps);

	for (enum tessera_call c = TESSERA_CALL_ACCESS_GET; c <= TESSERA_CALL_ACCESS_SET; c++) {
		expect_error(c, at + 8, 1, map, TESSERA_BAD_ARGUMENT);
		expect_error(c, at, 0, map, TESSERA_BAD_ARGUMENT);
		expect_error(c, at, TESSERA_ACCESS_MAX + 1, map, TESSERA_BAD_ARGUMENT);
		expect_error(c, at, BIT(32) + 1, map, TESSERA_BAD_ARGUMENT);
		expect_error(c, at, 1, map + 2, TESSERA_BAD_ARGUMENT);
		expect_error(c, at, 1, BEYOND, TESSERA_BAD_ADDRESS);
		expect_error(c, at, 1, argument[0], TESSERA_BAD_ADDRESS);
		expect_error(c, at, 1, DEVICES, TESSERA_BAD_ADDRESS);
		expect_error(c, at, 1, ~3ULL, TESSERA_BAD_ADDRESS);
		expect_error(c, BEYOND, 1, map, TESSERA_BAD_ADDRESS);
	}
	same("map", access_get_one(page(0)), ~0U);
}

// The last page of the range is the hypervisor's own, so nothing of it may be applied.
void access_set_is_all_or_nothing(void)
{
	u64 first = argument[0] - 8 * PAGE_SIZE;

	memset(maps, 0, sizeof(maps));
	expect_error(TESSERA_CALL_ACCESS_SET, first, 9, gpa_of(maps), TESSERA_BAD_ADDRESS);
	for (u32 i = 0; i < 8; i++)
		same("map", access_get_one((u8 *)first + i * PAGE_SIZE), ~0U);
}

void protect_is_all_or_nothing(void)
{
	u64 first = argument[0] - 2 * PAGE_SIZE;

	expect_error(TESSERA_CALL_PROTECT, 0, first, 3 * PAGE_SIZE, TESSERA_BAD_ADDRESS);
	for (u32 i = 0; i < 2; i++)
		same("map", access_get_one((u8 *)first + i * PAGE_SIZE), ~0U);
}

// With all 64 bits of the number.
static s64 call_number(u64 number)
{
	u64 rax = number, rdx = 0;

	__asm__ volatile("vmcall" : "+a"(rax), "+d"(rdx) : "D"(0), "S"(0) : "memory");
	same("value", rdx, 0);
	return (s64)rax;
}

void unknown_calls_answer_so(void)
{
	// The last two are the loader's own, which ended when all CPUs were in.
	const u64 numbers[] = { TESSERA_CALL_COUNT, 1000, BIT(32), ~0ULL, 0x7e55e7a0, 0x7e55e7a1 };

	for (u32 i = 0; i < ARRAY_SIZE(numbers); i++)
		CHECK(call_number(numbers[i]) == TESSERA_UNKNOWN_CALL, "call 0x%lx is known",
		      numbers[i]);
	expect_error(TESSERA_CALL_QUERY, TESSERA_QUERY_COUNT, 0, 0, TESSERA_BAD_ARGUMENT);
	expect_error(TESSERA_CALL_QUERY, ~0ULL, 0, 0, TESSERA_BAD_ARGUMENT);
}

// The hypervisor's own stores obey the rules: a closed tile under a part of the answer is enough.
void answers_obey_the_rules(void)
{
	u32 *buffer = (u32 *)(page(1) + 2 * TILE - 8);

	pattern_fill(page(1), PAGE_SIZE, 5);
	protect(TESSERA_ACTION_DENY, page(1) + 2 * TILE + 20, 1);
	expect_error(TESSERA_CALL_ACCESS_GET, gpa_of(page(0)), 8, gpa_of(buffer),
		     TESSERA_PROTECTED);
	for (u32 i = 0; i < PAGE_SIZE; i++)
		same("byte", page(1)[i], pattern_byte(i, 5));
	same("pages", call(TESSERA_CALL_ACCESS_GET, gpa_of(page(0)), 7, gpa_of(buffer), NULL), 0);
	same("map", buffer[6], ~0U);
	same("byte behind", page(1)[2 * TILE + 20], pattern_byte(2 * TILE + 20, 5));
}

// Once in each page, in another tile each time.
static void store_everywhere(void)
{
	for (u64 n = 0; n < ARENA_SIZE / PAGE_SIZE; n++)
		*(volatile u64 *)(page(n) + n % TILES * TILE) = n;
}

static void set_and_clear(u32 times)
{
	for (u32 i = 0; i < times; i++) {
		u32 n = i * 37 % (ARENA_SIZE / PAGE_SIZE - 1);

		access_set_one(page(n), (u32)random64());
		access_set_one(page(n), ~0U);
		protect(TESSERA_ACTION_DENY, page(n) + i % PAGE_SIZE, i + 1);
		unprotect(TESSERA_ACTION_DENY, page(n) + i % PAGE_SIZE, i + 1);
	}
}

// As often as time allows: what a call takes from the pool, its counterpart gives back.
void set_and_clear_leak_nothing(void)
{
	u64 pages;

	set_and_clear(100); // tables that are kept for the next time
	pages = query(TESSERA_QUERY_FREE_PAGES);
	set_and_clear(1000);
	same("free pages", query(TESSERA_QUERY_FREE_PAGES), pages);
	same("exits of stores afterwards", exits_of(store_everywhere), 0);
}

void only_tightening_shoots_down(void)
{
	u64 shootdowns;

	access_set_one(page(3), 0x1234);
	shootdowns = query(TESSERA_QUERY_SHOOTDOWNS);
	access_set_one(page(3), 0x1234);
	same("shootdowns of the same map again", query(TESSERA_QUERY_SHOOTDOWNS), shootdowns);
	access_set_one(page(3), 0x1214);
	// The software engine has closed the whole page already.
	same("shootdowns of a tighter map", query(TESSERA_QUERY_SHOOTDOWNS),
	     shootdowns + hardware_engine());
	CHECK(!denied8(page(3) + 4 * TILE, 1), "tile 4 is closed");
	CHECK(denied8(page(3) + 5 * TILE, 1), "tile 5 is open");
}
