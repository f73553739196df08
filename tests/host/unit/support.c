// SPDX-License-Identifier: MIT
#include "tests/host/unit/support.h"

struct pool *pool_new(u32 pages)
{
	struct pool *p = malloc(sizeof(*p));
	void *block = aligned_alloc(PAGE_SIZE, pages * PAGE_SIZE);

	assert_non_null(p);
	assert_non_null(block);
	memset(block, 0xa5, pages * PAGE_SIZE); // pool_init does not promise zeroes
	pool_init(p, block, POOL_PA, pages * PAGE_SIZE);
	return p;
}

void pool_delete(struct pool *p)
{
	free(p->va);
	free(p);
}

static u64 state;

u64 seed_random(const char *what, u64 seed)
{
	const char *wanted = getenv("TESSERA_SEED");

	state = wanted ? strtoull(wanted, NULL, 0) : seed;
	state = state ? state : 1;
	print_message("%s: TESSERA_SEED=%llu\n", what, (unsigned long long)state);
	return state;
}

u64 random64(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dULL;
}

u64 random_below(u64 limit)
{
	return (random64() >> 11) % limit;
}

u64 random_log(u64 limit)
{
	u32 bits = 64 - __builtin_clzll(limit);

	u64 magnitude = BIT(random_below(bits) + 1);

	return random_below(MIN(magnitude, limit));
}
