// SPDX-License-Identifier: MIT
// The map as it is built: the whole tree of each machine against the manual's format and a naive
// reading of its MTRRs, and single addresses through an independent walk.
#include "tests/host/unit/machines.h"
#include "tests/host/unit/reference.h"
#include "tests/host/unit/support.h"
#include "tests/host/unit/tree.h"

#define HIDDEN_SIZE (16 * 1024 * 1024ULL)

struct hidden {
	u64 start, end;
};

static const struct hidden hiddens[] = {
	{ 0, 0 },
	{ 0x77000000, 0x77000000 + HIDDEN_SIZE }, // 2 MiB aligned
	{ 0x7701f000, 0x7701f000 + HIDDEN_SIZE }, // only page aligned
	{ 0x3ffff000, 0x40001000 },               // across a GiB
	{ 0x40000000, 0x80000000 },               // a whole GiB
	{ 0x00100000, 0x00101000 },               // one page
};

static void check_address(struct ept *e, const struct pool *p, u64 gpa)
{
	struct ref_walk w = ref_ept(p, e->root, e->addr_bits, gpa);
	struct ept_leaf leaf = ept_lookup(e, gpa);
	bool mapped = gpa < BIT(e->addr_bits) && (gpa < e->hidden_start || gpa >= e->hidden_end);

	assert_int_equal(w.outcome, mapped ? REF_OK : REF_VIOLATION);
	assert_int_equal(leaf.level != 0, mapped);
	assert_true(leaf.gpa <= gpa && gpa - leaf.gpa < leaf.size);
	if (!mapped)
		return;
	assert_int_equal(w.hpa, gpa);
	assert_int_equal(w.rights, 7);
	assert_int_equal(w.type, naive_type(&e->types, gpa));
	assert_true(w.no_ve);
	assert_int_equal(w.size, leaf.size);
	assert_int_equal(leaf.entry, *leaf.slot);
}

static void check_machine(const struct mtrr_state *m, u8 max_level, const struct hidden *h)
{
	struct pool *p = pool_new(4096);
	u32 before = p->free_pages;
	struct ept e;

	assert_int_equal(ept_create(&e, p, m->addr_bits, max_level, m, h->start, h->end), 0);
	assert_int_equal(e.addr_bits, MIN(m->addr_bits, 48));
	tree_check_built(&e);
	for (u32 i = 0; i < 3000; i++)
		check_address(&e, p, random_log(BIT(e.addr_bits)));
	for (u64 at = 0; at < SIZE_2M + PAGE_SIZE; at += PAGE_SIZE)
		check_address(&e, p, at);
	for (s64 d = -2; d <= 2; d++) {
		check_address(&e, p, (h->start + d * 4096) & (BIT(e.addr_bits) - 1));
		check_address(&e, p, (h->end + d * 4096) & (BIT(e.addr_bits) - 1));
	}
	if (e.addr_bits < 48)
		check_address(&e, p, BIT(e.addr_bits));
	assert_int_equal(ept_lookup(&e, BIT(48)).level, 0);
	assert_int_equal(ept_lookup(&e, ~0ULL).level, 0);
	ept_destroy(&e);
	assert_int_equal(p->free_pages, before);
	pool_delete(p);
}

static void each_machine_is_mapped_as_its_mtrrs_say(void **state)
{
	(void)state;
	seed_random("build", 12);
	for (u32 k = 0; k < machine_count; k++)
		for (u32 h = 0; h < ARRAY_SIZE(hiddens); h++)
			check_machine(&machines[k].types, 3, &hiddens[h]);
}

static void without_gigabyte_pages(void **state)
{
	(void)state;
	for (u32 k = 0; k < machine_count; k++)
		for (u32 h = 0; machines[k].types.addr_bits <= 40 && h < ARRAY_SIZE(hiddens); h++)
			check_machine(&machines[k].types, 2, &hiddens[h]);
}

static void with_small_pages_only(void **state)
{
	struct mtrr_state m = machines[0].types;

	(void)state;
	m.addr_bits = 32;
	check_machine(&m, 1, &hiddens[2]);
}

static void small_machines(void **state)
{
	struct mtrr_state m = { .addr_bits = 32 };

	(void)state;
	for (m.addr_bits = 31; m.addr_bits < 36; m.addr_bits++)
		check_machine(&m, 3, &hiddens[1]);
}

static void a_full_pool_fails_and_gives_back(void **state)
{
	struct ept e;

	(void)state;
	for (u32 k = 0; k < 4; k++) {
		const struct mtrr_state *m = &machines[k].types;
		struct pool *p = pool_new(512);

		for (u32 n = 1;; n++) {
			p->fail_after = n;
			int rc = ept_create(&e, p, m->addr_bits, 3, m, hiddens[2].start,
					    hiddens[2].end);
			if (rc == TESSERA_OK)
				break;
			assert_int_equal(rc, TESSERA_NO_MEMORY);
			assert_int_equal(p->free_pages, 512);
		}
		p->fail_after = 0;
		ept_destroy(&e);
		assert_int_equal(p->free_pages, 512);
		pool_delete(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_machine_is_mapped_as_its_mtrrs_say),
		cmocka_unit_test(without_gigabyte_pages),
		cmocka_unit_test(with_small_pages_only),
		cmocka_unit_test(small_machines),
		cmocka_unit_test(a_full_pool_fails_and_gives_back),
	};

	return cmocka_run_group_tests_name("ept build", tests, NULL, NULL);
}
