// SPDX-License-Identifier: MIT
// Access maps of one page: what is closed is denied, what is open is not (scenarios 1 to 9).
#include "tests/system/agent/agent.h"
#include "tests/system/agent/scenarios.h"

// A plain 32-bit store. True when it was denied.
static void store_code(void)
{
	__asm__ volatile("movl %%eax, (%%rdi)" ::: "memory");
}

static bool denied(void *to, u32 value)
{
	struct probe p = probe_of(store_code);

	p.gpr[RAX] = value;
	p.gpr[RDI] = (u64)to;
	probe_run(&p);
	CHECK(p.vector == NO_FAULT || probe_denied(&p), "vector %u error 0x%x", p.vector, p.error);
	return p.vector != NO_FAULT;
}

void query_answers(void)
{
	SAME("ABI version", query(TESSERA_QUERY_ABI), TESSERA_ABI_VERSION);
	SAME("processors", query(TESSERA_QUERY_CPUS), cpu_count);
	SAME("pages in an access call", query(TESSERA_QUERY_ACCESS_PAGES), TESSERA_ACCESS_MAX);
}

void access_map_reads_back(void)
{
	SAME("map before", access_get_one(page(0)), ~0U);
	access_set_one(page(0), 0);
	SAME("map", access_get_one(page(0)), 0);
	SAME("next page's map", access_get_one(page(1)), ~0U);
}

void each_tile_denied(void)
{
	u64 before = query(TESSERA_QUERY_DENIED);

	pattern_fill(page(0), PAGE_SIZE, 1);
	access_set_one(page(0), 0);
	for (u32 i = 0; i < TILES; i++)
		CHECK(denied(page(0) + i * TILE, 0x99), "tile %u is open", i);
	for (u32 i = 0; i < PAGE_SIZE; i++)
		SAME("byte", page(0)[i], pattern_byte(i, 1));
	SAME("denied writes", query(TESSERA_QUERY_DENIED) - before, TILES);
}

void each_tile_open(void)
{
	access_set_one(page(0), 0);
	access_set_one(page(0), ~0U);
	for (u32 i = 0; i < TILES; i++)
		CHECK(!denied(page(0) + i * TILE, 0x99 + i), "tile %u is closed", i);
	for (u32 i = 0; i < TILES; i++)
		SAME("word", *(u32 *)(page(0) + i * TILE), 0x99 + i);
}
