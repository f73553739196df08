// SPDX-License-Identifier: MIT
// Access maps of one page: what is closed is denied, what is open is not (scenarios 1 to 9).
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

void query_answers(void)
{
	same("ABI version", query(TESSERA_QUERY_ABI), TESSERA_ABI_VERSION);
	same("ABI version by CPUID", tessera_present(), TESSERA_ABI_VERSION);
	same("features by CPUID", tessera_features(), query(TESSERA_QUERY_FEATURES));
	same("SPP", !!(query(TESSERA_QUERY_FEATURES) & TESSERA_FEATURE_SPP), hardware_engine());
	same("processors", query(TESSERA_QUERY_CPUS), cpu_count);
	same("pages in an access call", query(TESSERA_QUERY_ACCESS_MAX), TESSERA_ACCESS_MAX);
}

void access_map_reads_back(void)
{
	same("map before", access_get_one(page(0)), ~0U);
	access_set_one(page(0), 0);
	same("map", access_get_one(page(0)), 0);
	same("next page's map", access_get_one(page(1)), ~0U);
	access_set_one(page(0), 0x80000001);
	same("new map", access_get_one(page(0)), 0x80000001);
}

void each_tile_denied(void)
{
	u64 before = query(TESSERA_QUERY_BLOCKED);

	pattern_fill(page(0), PAGE_SIZE, 1);
	access_set_one(page(0), 0);
	for (u32 i = 0; i < TILES; i++)
		CHECK(denied_store(page(0) + i * TILE, 0x99, 4), "tile %u is open", i);
	for (u32 i = 0; i < PAGE_SIZE; i++)
		same("byte", page(0)[i], pattern_byte(i, 1));
	same("denied writes", query(TESSERA_QUERY_BLOCKED) - before, TILES);
}

static void store_to_each_tile(void)
{
	for (u32 i = 0; i < TILES; i++)
		CHECK(!denied_store(page(0) + i * TILE, 0x99 + i, 4), "tile %u is closed", i);
}

void each_tile_open(void)
{
	access_set_one(page(0), 0);
	access_set_one(page(0), ~0U);
	same("exits", exits_of(store_to_each_tile), 0);
	for (u32 i = 0; i < TILES; i++)
		same("word", *(u32 *)(page(0) + i * TILE), 0x99 + i);
}

// Tries the bytes at both sides of both borders of a tile; the tile is open or closed, and all
// others the contrary.
static void try_borders(u32 tile, bool open)
{
	u8 *first = page(0) + tile * TILE, *last = first + TILE - 1;

	access_set_one(page(0), open ? 1U << tile : ~(1U << tile));
	CHECK(denied8(first, 1) == !open, "first byte of tile %u", tile);
	CHECK(denied8(last, 2) == !open, "last byte of tile %u", tile);
	CHECK(tile == 0 || denied8(first - 1, 3) == open, "byte before tile %u", tile);
	CHECK(tile == TILES - 1 || denied8(last + 1, 4) == open, "byte behind tile %u", tile);
}

void borders_of_each_tile(void)
{
	for (u32 i = 0; i < TILES; i++) {
		try_borders(i, true);
		try_borders(i, false);
	}
}

// A page against a model of one bit a tile; every step-th byte, from a random one on.
static void try_map(u32 map, u32 step)
{
	access_set_one(page(0), map);
	for (u32 at = (u32)(random64() % step); at < PAGE_SIZE; at += step) {
		u8 old = page(0)[at];
		bool closed = !(map >> at / TILE & 1);

		CHECK(denied8(page(0) + at, (u8)~old) == closed, "map 0x%x, byte 0x%x", map, at);
		CHECK(page(0)[at] == (closed ? old : (u8)~old), "map 0x%x, value at 0x%x", map, at);
	}
}

void maps_against_model(void)
{
	try_map(0x55555555, 1);
	try_map(0xaaaaaaaa, 1);
	for (u32 i = 0; i < 1000; i++)
		try_map((u32)random64(), 128);
}

static void read_all(void)
{
	for (u64 i = 0; i < PAGE_SIZE; i += 8)
		__asm__ volatile("movq (%0), %%rax" ::"r"(page(0) + i) : "rax", "memory");
}

static void execute_all(void)
{
	for (u64 i = 0; i < PAGE_SIZE; i += TILE)
		((code)(page(0) + i))();
}

void reads_and_fetches_are_free(void)
{
	const u8 ret = 0xc3;

	for (u32 i = 0; i < PAGE_SIZE; i++)
		page(0)[i] = ret;
	access_set_one(page(0), 0);
	read_all();
	execute_all();
	same("exits of reads", exits_of(read_all), 0);
	same("exits of fetches", exits_of(execute_all), 0);
}

static void store_to_open_tiles(void)
{
	for (u64 at = TILE; at < PAGE_SIZE; at += 8)
		*(volatile u64 *)(page(0) + at) = at;
}

// What SPP is for: the neighbours of a closed tile cost nothing. The software engine pays.
void open_tiles_cost_nothing(void)
{
	u64 exits;

	access_set_one(page(0), ~1U);
	exits = exits_of(store_to_open_tiles);
	if (hardware_engine())
		same("exits", exits, 0);
	else
		CHECK(exits > 0, "no exits: the software engine cannot have looked");
	same("last store", *(u64 *)(page(0) + PAGE_SIZE - 8), PAGE_SIZE - 8);
	CHECK(denied8(page(0), 1), "the closed tile is open");
}
