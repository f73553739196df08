// SPDX-License-Identifier: MIT
// Access maps of 512 pages in one call: the first one, which splits pages and makes tables, then
// maps that change, and maps that are there already.
#include "tests/bench/agent/call.h"
#include "tests/bench/agent/clock.h"
#include "tests/bench/agent/measure.h"
#include "tests/bench/agent/out.h"
#include "tests/bench/agent/parts.h"

#define FIRST_GPA (ARENA_GPA + SIZE_2M)

static u32 maps[TESSERA_ACCESS_MAX];

// Every other tile, the other half each time.
static void change_maps(void)
{
	u32 map = maps[0] == 0x55555555 ? 0xaaaaaaaa : 0x55555555;

	for (u32 i = 0; i < TESSERA_ACCESS_MAX; i++)
		maps[i] = map;
}

static void open_maps(void)
{
	for (u32 i = 0; i < TESSERA_ACCESS_MAX; i++)
		maps[i] = ~0U;
}

static void set(void)
{
	struct answer a = call(TESSERA_CALL_ACCESS_SET, FIRST_GPA, TESSERA_ACCESS_MAX, (u64)maps);

	if (a.error)
		out("wrong: access_set answers %ld", a.error);
}

static void take_back(void)
{
	open_maps();
	set();
}

void measure_access(void)
{
	// Named by what they find: no tables, other maps, the same maps.
	static const struct operation operations[] = {
		{ .name = "set_access", .before = change_maps, .run = set, .after = take_back },
		{ .name = "set_access_change", .before = change_maps, .run = set },
		{ .name = "set_access_same", .run = set },
	};

	if (!under_tessera)
		return;
	for (u32 i = 0; i < ARRAY_SIZE(operations); i++)
		measure(&operations[i]);
	take_back();
}
