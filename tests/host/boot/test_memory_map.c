// SPDX-License-Identifier: MIT
// Sources: boot/place/memory_map.c
// Where the reserved block lands in memory maps of real machines (tests/host/boot/data/memmaps),
// and what counts as memory that holds ACPI tables.
#include <inttypes.h>
#include <stdio.h>

#include "boot/place/memory_map.h"
#include "tests/host/test.h"

#define BLOCK      (16ULL << 20)
#define RANGES_MAX 16

static struct memory_range ranges[RANGES_MAX];
static struct memory_map map = { (const u8 *)ranges, 0, sizeof(ranges[0]) };

// Lines of "type start pages attributes"; # starts a comment.
static void read_map(const char *name)
{
	char path[100], line[300];
	FILE *file;

	snprintf(path, sizeof(path), "tests/host/boot/data/memmaps/%s.txt", name);
	file = fopen(path, "r");
	assert_non_null(file);
	map.count = 0;
	while (fgets(line, sizeof(line), file)) {
		struct memory_range *r = &ranges[map.count];

		if (line[0] == '#')
			continue;
		assert_int_equal(sscanf(line, "%" SCNu32 " %" SCNx64 " %" SCNx64 " %" SCNx64,
					&r->type, &r->start, &r->pages, &r->attributes),
				 4);
		map.count++;
	}
	fclose(file);
}

static void memory_that_is_not_for_general_use_is_left_alone(void **state)
{
	(void)state;
	read_map("spr-cxl-sp");
	assert_int_equal(memory_map_place(&map, BLOCK, 0), 0x100000000 + 0x1f80000000 - BLOCK);
	// Where an older loader had put it.
	assert_int_equal(memory_map_place(&map, BLOCK, 0x2080000000),
			 0x100000000 + 0x1f80000000 - BLOCK);

	read_map("hbm-only-sp-last");
	assert_int_equal(memory_map_place(&map, BLOCK, 0), 0x100000000 + 0x780000000 - BLOCK);

	read_map("hotplug");
	assert_int_equal(memory_map_place(&map, BLOCK, 0), 0x100000000 + 0x100000000 - BLOCK);
}

static void set(u32 i, u32 type, u64 start, u64 size, u64 attributes)
{
	ranges[i] = (struct memory_range){ type, start, 0, size / PAGE_SIZE, attributes };
	map.count = i + 1;
}

static void the_last_place_is_taken_again(void **state)
{
	(void)state;
	set(0, MEMORY_TYPE_FREE, 0x100000, 0x3ff00000, 0xf);
	assert_int_equal(memory_map_place(&map, BLOCK, 0), 0x40000000 - BLOCK);
	assert_int_equal(memory_map_place(&map, BLOCK, 0x2000000), 0x2000000);
	assert_int_equal(memory_map_place(&map, BLOCK, 0x2001000), 0x40000000 - BLOCK);
	assert_int_equal(memory_map_place(&map, BLOCK, 0x40000000), 0x40000000 - BLOCK);
	assert_int_equal(memory_map_place(&map, 0x40000000, 0), 0);
	set(0, MEMORY_TYPE_FREE, 0, BLOCK, 0xf);
	assert_int_equal(memory_map_place(&map, BLOCK, 0), 0);
	set(0, MEMORY_TYPE_BOOT_DATA, 0x100000, 0x3ff00000, 0xf);
	assert_int_equal(memory_map_place(&map, BLOCK, 0), 0);
}

static bool tables_in(u32 type, u64 attributes)
{
	set(0, MEMORY_TYPE_FREE, 0x100000, 0x100000, 0xf);
	set(1, type, 0x200000, 0x10000, attributes);
	return memory_map_holds_tables(&map, 0x200100, 0x1000);
}

static void tables_lie_in_memory(void **state)
{
	(void)state;
	assert_true(tables_in(MEMORY_TYPE_ACPI, 0));
	assert_true(tables_in(MEMORY_TYPE_ACPI_NVS, 0xf));
	assert_true(tables_in(MEMORY_TYPE_RESERVED, 0xf));
	assert_true(tables_in(MEMORY_TYPE_RUNTIME_DATA, 0x800000000000000f));
	assert_true(tables_in(MEMORY_TYPE_BOOT_DATA, 0xf));
	assert_false(tables_in(MEMORY_TYPE_RESERVED, 1)); // flash: uncached only
	assert_false(tables_in(11, 0xf));                 // a device
	assert_false(tables_in(8, 0xf));                  // faulty memory
	assert_false(memory_map_holds_tables(&map, 0x20fff0, 0x20));
	assert_false(memory_map_holds_tables(&map, 0x100000, 0x20));
	assert_false(memory_map_holds_tables(&map, 0x900000, 0x20));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_that_is_not_for_general_use_is_left_alone),
		cmocka_unit_test(the_last_place_is_taken_again),
		cmocka_unit_test(tables_lie_in_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
