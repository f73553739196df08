// SPDX-License-Identifier: MIT
// Sources: ept/*.c spp/*.c hv/lib/pool.c tests/host/unit/reference.c tests/host/unit/machines.c
// Options: -max_len=1025 -len_control=0 -timeout=30
// Any contents of the MTRRs, as a guest may write them: no answer is wrong, a map that follows them
// is right where it claims a type, and everything comes back to the pool.
#include <stdlib.h>
#include <string.h>

#include "ept/ept.h"
#include "tests/host/unit/machines.h"
#include "tests/host/unit/reference.h"

#define POOL_PAGES 256
#define ADDR_BITS  36
#define PROBES     64

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void demand(bool condition)
{
	if (!condition)
		abort();
}

// Wide ranges and narrow ones, and now and then a mask as it comes.
static struct mtrr_state read_types(const u8 *data, size_t size)
{
	struct mtrr_state m = { .present = true, .addr_bits = ADDR_BITS, .cap = 0x508 };
	u64 word[2 * 8] = { 0 };

	memcpy(&m.fixed, data, MIN(size, sizeof(m.fixed)));
	m.def_type = data[0] % 7 | (data[1] & 0xf ? 0x800 : 0) | (data[1] & 0x10 ? 0x400 : 0);
	memcpy(word, data + 2, MIN(size - 2, sizeof(word)));
	m.variable = data[1] >> 5;
	for (u32 i = 0; i < m.variable; i++) {
		u32 bits = PAGE_SHIFT + (word[2 * i + 1] >> 8) % (ADDR_BITS - PAGE_SHIFT);

		m.base[i] = word[2 * i] & 0xffffff0ffULL;
		m.mask[i] = (word[2 * i + 1] & 1) ? word[2 * i + 1] : ~(BIT(bits) - 1);
		m.mask[i] = (m.mask[i] & 0xffffff000ULL) | 0x800;
	}
	return m;
}

static void probe(const struct ept *e, const struct mtrr_state *m, u64 gpa)
{
	struct ref_walk w = ref_ept(e->pool, e->root, ADDR_BITS, gpa);
	enum memory_type type;

	for (u64 page = PAGE_SIZE; page <= SIZE_1G; page <<= 3)
		if (mtrr_uniform(m, ALIGN_DOWN(gpa, page), page, &type))
			demand(type == naive_type(m, gpa));
	demand(w.outcome == REF_OK && w.hpa == gpa && w.rights == 7);
	// Where the pool did not suffice, UC.
	demand(w.type == naive_type(m, gpa) || w.type == MT_UC);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 block[POOL_PAGES * PAGE_SIZE] __attribute__((aligned(4096)));
	const struct mtrr_state plain = { .addr_bits = ADDR_BITS };
	struct pool pool;
	struct ept e;

	if (size < 24)
		return 0;
	struct mtrr_state m = read_types(data, size);
	pool_init(&pool, block, 0x10000000, sizeof(block));
	demand(!ept_create(&e, &pool, ADDR_BITS, 3, &plain, 0, 0));
	ept_retype(&e, &m);
	u64 x = 88172645463325252ULL;
	for (u32 i = 0; i < PROBES; i++, x ^= x << 13, x ^= x >> 7, x ^= x << 17)
		probe(&e, &m, x >> (28 + i % 20));
	for (u32 i = 0; i < m.variable; i++)
		probe(&e, &m, m.base[i] & 0xffffff000ULL);
	ept_retype(&e, &plain);
	ept_reap(&e);
	demand(e.tables.used == 2); // one leaf a GiB again: the root and one PDPT
	ept_destroy(&e);
	demand(pool.free_pages == POOL_PAGES);
	return 0;
}
