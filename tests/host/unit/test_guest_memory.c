// SPDX-License-Identifier: MIT
// Sources: hv/core/guest_memory.c
// Flags: -iquote tests/host/unit/fake
// The windows to guest memory. They are mapped with and without the policy's lock, while another
// CPU may merge and free tables of the EPT, so they must not walk it.
#include "hv/core/guest_memory.h"

#include "hv/core/vm.h"
#include "hv/x86/hostmap.h"
#include "tests/host/unit/support.h"

#define VARIABLE_VALID BIT(11)

static struct vm vm;
static struct cpu cpu = { .vm = &vm };
static u64 slots[4];
static u8 windows[4 * PAGE_SIZE] __attribute__((aligned(4096)));

static const struct mtrr_state all_cached = {
	.present = true,
	.def_type = BIT(11) | MT_WB,
	.variable = 1,
	.addr_bits = 39,
};

// The guest has made the 2 MiB at 4 MiB uncached. Any walk of the EPT ends at an address that is
// not there.
static void begin(void)
{
	memset(&vm, 0, sizeof(vm));
	memset(slots, 0, sizeof(slots));
	vm.ept.addr_bits = 39;
	vm.ept.root = (u64 *)8;
	vm.types.first = all_cached;
	vm.types.changed = true;
	vm.ept.types = all_cached;
	vm.ept.types.base[0] = 2 * SIZE_2M | MT_UC;
	vm.ept.types.mask[0] = (BIT(39) - SIZE_2M) | VARIABLE_VALID;
	cpu.window_va = windows;
	for (u32 i = 0; i < ARRAY_SIZE(slots); i++)
		cpu.window[i] = &slots[i];
}

static void a_window_walks_no_tables(void **state)
{
	(void)state;
	begin();
	assert_ptr_equal(window_map(&cpu, WINDOW_WALK, SIZE_2M + 0x123),
			 windows + WINDOW_WALK * PAGE_SIZE + 0x123);
	assert_int_equal(slots[WINDOW_WALK], SIZE_2M | HOST_RW);
}

static void what_the_guest_does_not_cache_is_not_cached(void **state)
{
	(void)state;
	begin();
	assert_non_null(window_map(&cpu, WINDOW_STEP, 2 * SIZE_2M));
	assert_int_equal(slots[WINDOW_STEP], 2 * SIZE_2M | HOST_RW | PT_PCD);
	assert_non_null(window_map(&cpu, WINDOW_STEP, 3 * SIZE_2M - 1));
	assert_int_equal(slots[WINDOW_STEP], (3 * SIZE_2M - PAGE_SIZE) | HOST_RW | PT_PCD);
	assert_non_null(window_map(&cpu, WINDOW_STEP, 3 * SIZE_2M));
	assert_int_equal(slots[WINDOW_STEP], 3 * SIZE_2M | HOST_RW);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_walks_no_tables),
		cmocka_unit_test(what_the_guest_does_not_cache_is_not_cached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
