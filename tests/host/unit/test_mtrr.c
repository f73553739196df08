// SPDX-License-Identifier: MIT
// Memory types: single bytes against a naive reading of the manual, and ranges against their bytes.
#include "tests/host/unit/machines.h"
#include "tests/host/unit/support.h"

// Addresses where a type may change: the edges of every range, and around 1 MiB.
static u32 edges(const struct mtrr_state *m, u64 *edge)
{
	u32 n = 0;

	for (u64 at = 0; at <= 0x101000; at += 0x1000)
		edge[n++] = at;
	for (u32 i = 0; i < m->variable; i++) {
		u64 base = m->base[i] & PAGE_MASK;
		u64 size = (m->mask[i] & PAGE_MASK) & -(m->mask[i] & PAGE_MASK);

		for (s64 d = -1; d <= 1; d++) {
			edge[n++] = base + d * (s64)PAGE_SIZE;
			edge[n++] = base + size + d * (s64)PAGE_SIZE;
		}
	}
	return n;
}

static void every_byte_has_the_type_of_the_manual(void **state)
{
	u64 edge[1024];

	(void)state;
	seed_random("mtrr", 11);
	for (u32 k = 0; k < machine_count; k++) {
		const struct mtrr_state *m = &machines[k].types;
		u64 limit = BIT(m->addr_bits);
		u32 n = edges(m, edge);

		for (u32 i = 0; i < n; i++)
			if (edge[i] < limit)
				assert_int_equal(mtrr_type(m, edge[i]), naive_type(m, edge[i]));
		for (u32 i = 0; i < 20000; i++) {
			u64 gpa = random_log(limit);

			assert_int_equal(mtrr_type(m, gpa), naive_type(m, gpa));
		}
	}
}

// All types of a block, by looking at its pages near each edge inside.
static bool naive_uniform(const struct mtrr_state *m, u64 gpa, u64 size, unsigned *type)
{
	u64 edge[1024];
	u32 n = edges(m, edge);

	*type = naive_type(m, gpa);
	for (u32 i = 0; i < n; i++)
		if (edge[i] >= gpa && edge[i] < gpa + size && naive_type(m, edge[i]) != *type)
			return false;
	return true;
}

static void ranges_are_uniform_when_their_pages_are(void **state)
{
	(void)state;
	for (u32 k = 0; k < machine_count - 1; k++) { // the last has a mask with a hole
		const struct mtrr_state *m = &machines[k].types;

		for (u32 i = 0; i < 20000; i++) {
			u64 size = PAGE_SIZE << random_below(m->addr_bits - PAGE_SHIFT);
			u64 gpa = ALIGN_DOWN(random_log(BIT(m->addr_bits)), size);
			enum memory_type type;
			unsigned naive;
			bool all = naive_uniform(m, gpa, size, &naive);

			assert_int_equal(mtrr_uniform(m, gpa, size, &type), all);
			assert_int_equal(type, all ? naive : (unsigned)MT_UC);
		}
	}
}

static void masks_with_holes_are_never_called_uniform_wrongly(void **state)
{
	struct mtrr_state m = { .present = true, .addr_bits = 36, .def_type = 0x806 };

	(void)state;
	m.variable = 3;
	for (u32 i = 0; i < 3000; i++) {
		for (u32 r = 0; r < m.variable; r++) {
			m.base[r] = (random64() & 0x7f000) | random_below(7);
			m.mask[r] = (random64() & 0x7f000) | (random_below(4) ? 0x800 : 0);
		}
		u64 size = PAGE_SIZE << random_below(8);
		u64 gpa = ALIGN_DOWN(random_below(0x100000), size);
		enum memory_type type;

		if (!mtrr_uniform(&m, gpa, size, &type))
			continue;
		for (u64 at = gpa; at < gpa + size; at += PAGE_SIZE)
			assert_int_equal(type, naive_type(&m, at));
	}
}

// A guest may write any mask. The answer takes bounded time and errs on the side of "several".
static void hostile_masks_cost_little(void **state)
{
	struct mtrr_state m = { .present = true, .addr_bits = 48, .def_type = 0x806 };
	enum memory_type type;

	(void)state;
	m.variable = MTRR_VARIABLE_COUNT;
	for (u32 r = 0; r < m.variable; r++) {
		m.base[r] = ((u64)r << 12) | 6;
		m.mask[r] = 0x1f000 | 0x800;
	}
	for (u32 i = 0; i < 1000; i++)
		mtrr_uniform(&m, (u64)i << 39, BIT(39), &type);
	assert_true(mtrr_uniform(&m, 0, PAGE_SIZE, &type));
	assert_int_equal(type, MT_WB);
}

static void types_have_names(void **state)
{
	(void)state;
	assert_string_equal(memory_type_name(MT_UC), "UC");
	assert_string_equal(memory_type_name(MT_WC), "WC");
	assert_string_equal(memory_type_name(MT_WT), "WT");
	assert_string_equal(memory_type_name(MT_WP), "WP");
	assert_string_equal(memory_type_name(MT_WB), "WB");
	assert_string_equal(memory_type_name((enum memory_type)2), "??");
	assert_string_equal(memory_type_name((enum memory_type)200), "??");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_has_the_type_of_the_manual),
		cmocka_unit_test(ranges_are_uniform_when_their_pages_are),
		cmocka_unit_test(masks_with_holes_are_never_called_uniform_wrongly),
		cmocka_unit_test(hostile_masks_cost_little),
		cmocka_unit_test(types_have_names),
	};

	return cmocka_run_group_tests_name("mtrr", tests, NULL, NULL);
}
