// SPDX-License-Identifier: MIT
// The busy bit in the copy of the guest's GDT: nothing outside of the copy may be changed.
#include "tests/host/unit/support.h"
#include "vmx/devirt/gdt_copy.h"

#define SIZE 64

static u8 memory[0x10000 + SIZE];

static void only_the_selected_tss_changes(void **state)
{
	(void)state;
	for (u32 tr = 0; tr <= 0xffff; tr++) {
		u32 at = tr & ~7U;
		bool inside = at + 16 <= SIZE;

		memset(memory, 0xff, sizeof(memory));
		assert_int_equal(gdt_free_tss(memory, SIZE, (u16)tr), inside);
		for (u32 i = 0; i < SIZE; i++)
			assert_int_equal(memory[i], at && inside && i == at + 5 ? 0xfd : 0xff);
		assert_int_equal(memory[at + 5], at && inside ? 0xfd : 0xff);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_selected_tss_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
