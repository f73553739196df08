// SPDX-License-Identifier: MIT
// What 1,000 scattered regions cost in pages: the hypervisor's own ept/ and spp/ code on the host,
// because regions in 1,000 distinct 2 MiB ranges do not fit into the emulator's memory.
#include <stdio.h>
#include <stdlib.h>

#include "spp/policy.h"

#define ADDR_BITS  39
#define POOL_PAGES 8192
#define POOL_PA    0x40000000ULL
#define FIRST_GPA  0x100000000ULL
#define REGIONS    1000
#define DISTANCE   (7 * SIZE_2M) // spread over 14 GiB

static u32 pages_for_regions(bool hardware)
{
	static const struct mtrr_state types = { .present = false }; // all write-back
	static struct ept ept;
	static struct policy policy;
	static struct pool pool;
	u8 *block = aligned_alloc(PAGE_SIZE, POOL_PAGES * PAGE_SIZE);
	u32 before;

	pool_init(&pool, block, POOL_PA, POOL_PAGES * PAGE_SIZE);
	if (ept_create(&ept, &pool, ADDR_BITS, 3, &types, POOL_PA, POOL_PA + SIZE_2M) ||
	    policy_init(&policy, &pool, &ept, hardware))
		exit(1);
	before = pool.free_pages;
	for (u64 i = 0; i < REGIONS; i++)
		if (policy_protect(&policy, TESSERA_RULE_DENY, FIRST_GPA + i * DISTANCE,
				   TESSERA_TILE_SIZE))
			exit(1);
	free(block);
	return before - pool.free_pages;
}

int main(void)
{
	printf("hardware %u\n", pages_for_regions(true));
	printf("software %u\n", pages_for_regions(false));
	return 0;
}
