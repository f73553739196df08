// SPDX-License-Identifier: MIT
// What the calls cost in instructions, compiled as the hypervisor is and counted by valgrind's
// callgrind: `make unit-count` runs this once for each line below and fails above its limit.
// Limit: measure_create_40_bits 3000000
// Limit: measure_create_46_bits 6000000
// Limit: measure_retype_46_bits 6000000
// Limit: measure_access_512_first 76800
// Limit: measure_access_512_first_unaligned 76800
// Limit: measure_access_512_again 76800
// Limit: measure_access_512_close 76800
// Limit: measure_access_512_open 76800
// Limit: measure_protect_first 40000
// Limit: measure_protect_beside 4000
// Limit: measure_unprotect_beside 4000
// Limit: measure_unprotect_last 40000
// Limit: measure_protect_64_gib 100000
// Limit: measure_judge_among_4096 2000
#include <stdio.h>
#include <stdlib.h>

#include "hv/lib/string.h"
#include "spp/policy.h"
#include "tests/host/unit/machines.h"

#define POOL_SIZE (64ULL * 1024 * 1024)
#define POOL_PA   0x77020000ULL
#define PAGES     TESSERA_ACCESS_MAX
#define CHUNK     0x10000000ULL
#define ODD_CHUNK 0x18080000ULL
#define SPOT      0x20000100ULL
#define CROWD     0x30000000ULL

// A call that callgrind can find by its name.
#define MEASURE(name, call)                                                                       \
	__attribute__((noinline)) static void measure_##name(void)                                \
	{                                                                                         \
		demand(call);                                                                     \
		__asm__ volatile("# " #name ::: "memory"); /* no two alike, or they are merged */ \
	}

static struct pool pool;
static struct ept e;
static struct policy p;
static u32 maps[PAGES];

static void demand(bool condition)
{
	if (!condition)
		abort();
}

static bool create(u8 addr_bits, const struct mtrr_state *types)
{
	return !ept_create(&e, &pool, addr_bits, 3, types, POOL_PA, POOL_PA + POOL_SIZE);
}

static bool retype(void)
{
	ept_retype(&e, &machines[2].types);
	return true;
}

static bool set_maps(u64 gpa)
{
	return !policy_access_set(&p, gpa, PAGES, maps);
}

MEASURE(create_40_bits, create(40, &machines[0].types))
MEASURE(create_46_bits, create(46, &machines[2].types))
MEASURE(retype_46_bits, retype())
MEASURE(access_512_first, set_maps(CHUNK))
MEASURE(access_512_again, set_maps(CHUNK))
MEASURE(access_512_close, set_maps(CHUNK))
MEASURE(access_512_open, set_maps(ODD_CHUNK))
MEASURE(access_512_first_unaligned, set_maps(ODD_CHUNK))
MEASURE(protect_first, !policy_protect(&p, 0, SPOT, 64))
MEASURE(protect_beside, !policy_protect(&p, 0, SPOT + 3 * PAGE_SIZE, 64))
MEASURE(unprotect_beside, !policy_unprotect(&p, 0, SPOT + 3 * PAGE_SIZE, 64))
MEASURE(unprotect_last, !policy_unprotect(&p, 0, SPOT, 64))
MEASURE(protect_64_gib, !policy_protect(&p, 0, 16 * SIZE_1G, 64 * SIZE_1G))
MEASURE(judge_among_4096, policy_judge(&p, CROWD + 64, 8).action == TESSERA_ACTION_DENY)

static void scatter(u32 seed)
{
	for (u32 i = 0; i < PAGES; i++)
		maps[i] = seed * (i + 1);
}

static void measure_access(void)
{
	scatter(0x9e3779b9);
	measure_access_512_first();
	measure_access_512_first_unaligned();
	scatter(0x85ebca6b);
	measure_access_512_again();
	memset(maps, 0, sizeof(maps));
	measure_access_512_close();
	memset(maps, 0xff, sizeof(maps));
	measure_access_512_open();
	demand(set_maps(CHUNK));
	policy_reap(&p);
}

static void measure_regions(void)
{
	measure_protect_first();
	measure_protect_beside();
	measure_unprotect_beside();
	measure_unprotect_last();
	measure_protect_64_gib();
	for (u64 i = 0; i < 4096; i++)
		demand(!policy_protect(&p, 0, CROWD + i * 64 * 3, 65));
	measure_judge_among_4096();
}

int main(void)
{
	void *block = aligned_alloc(PAGE_SIZE, POOL_SIZE);

	demand(block);
	pool_init(&pool, block, POOL_PA, POOL_SIZE);
	measure_create_46_bits();
	measure_retype_46_bits();
	ept_destroy(&e);
	measure_create_40_bits();
	demand(!policy_init(&p, &pool, &e, true));
	measure_access();
	measure_regions();
	policy_destroy(&p);
	ept_destroy(&e);
	demand(pool.free_pages == POOL_SIZE / PAGE_SIZE);
	free(block);
	return 0;
}
