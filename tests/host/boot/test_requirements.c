// SPDX-License-Identifier: MIT
// Sources: boot/cpu/check.c hv/lib/format.c
// The loader and the hypervisor name a missing capability alike, for each bit of each requirement.
// (tests/host/tools/test_install.c asks the same of tesseractl.)
#include <string.h>

#include "boot/cpu/check.h"
#include "hv/x86/insn.h"
#include "tests/host/boot/flawed.h"
#include "tests/host/test.h"

// The hypervisor's reader, on the same CPU.
static u64 flawed_rdmsr(u32 msr)
{
	u64 value;

	flawed_msr(0, msr, &value);
	return value;
}

#define cpuid(leaf, subleaf) flawed_cpuid(leaf)
#define rdmsr(msr)           flawed_rdmsr(msr)
#include "vmx/vmcs/capability.c"
#undef cpuid
#undef rdmsr

static struct facts facts;

static void collect(void)
{
	static const struct cpu_reader reader = { flawed_cpuid, flawed_msr };

	assert_true(check_collect(&facts, 0, &reader));
}

// The first requirement that the loader finds missing for that engine; REQUIREMENT_COUNT = none.
static u32 loader_finds(enum boot_engine engine)
{
	u32 id = 0;

	while (id < REQUIREMENT_COUNT && !(requirements[id].needed & BIT(engine) &&
					   check_lacking(&requirements[id], &facts, 1).count))
		id++;
	return id;
}

static void assert_named_alike(const struct requirement *r, u32 id, enum boot_engine engine)
{
	struct vmx_capability cap;
	s32 error = vmx_capability_read(&cap, engine);
	u32 found = loader_finds(engine);
	char text[200];

	if (!(r->needed & BIT(engine))) {
		assert_int_equal(error, BOOT_OK);
		assert_int_equal(found, REQUIREMENT_COUNT);
		return;
	}
	assert_int_equal(found, id);
	assert_int_equal(error, BOOT_LACKS(id));
	check_explain(error, text, sizeof(text));
	assert_non_null(strstr(text, r->name));
	assert_non_null(strstr(text, r->remedy));
}

static void each_bit_is_named_alike(void **state)
{
	(void)state;
	for (u32 id = 0; id < REQUIREMENT_COUNT; id++) {
		const struct requirement *r = &requirements[id];

		for (u32 bit = 0; bit < 32; bit++) {
			if (!(r->bits & BIT(bit)))
				continue;
			flawed_set(r->word, (u32)BIT(bit));
			collect();
			for (u32 e = BOOT_ENGINE_AUTO; e <= BOOT_ENGINE_SOFTWARE; e++)
				assert_named_alike(r, id, e);
		}
	}
}

// The loader switches it on before it enters the hypervisor, which insists on it.
static void nx_that_firmware_switched_off_is_no_reason(void **state)
{
	struct vmx_capability cap;

	(void)state;
	flawed_set(VMX_WORD_EXTENDED, CPUID_EXT_EDX_NX);
	flawed_misc_enable = MISC_ENABLE_NX_OFF;
	collect();
	flawed_misc_enable = 0;
	assert_int_equal(loader_finds(BOOT_ENGINE_AUTO), REQUIREMENT_COUNT);
	assert_int_equal(vmx_capability_read(&cap, BOOT_ENGINE_AUTO), BOOT_LACKS(REQUIREMENT_NX));
}

// What the code uses must be in the table: these bits were once required by one side only.
static void what_the_code_uses_is_required(void **state)
{
	(void)state;
	assert_int_equal(vmx_required(VMX_WORD_PIN), PIN_NMI_EXITING | PIN_VIRTUAL_NMIS);
	assert_int_equal(vmx_required(VMX_WORD_PRIMARY),
			 PRIMARY_NMI_WINDOW | PRIMARY_IO_BITMAPS | PRIMARY_MONITOR_TRAP |
				 PRIMARY_MSR_BITMAPS | PRIMARY_SECONDARY);
	assert_int_equal(vmx_required(VMX_WORD_SECONDARY),
			 SECONDARY_EPT | SECONDARY_VPID | SECONDARY_UNRESTRICTED);
	assert_int_equal(vmx_required(VMX_WORD_EXIT), EXIT_SAVE_DEBUG | EXIT_HOST_64 |
							      EXIT_SAVE_PAT | EXIT_LOAD_PAT |
							      EXIT_SAVE_EFER | EXIT_LOAD_EFER);
	assert_int_equal(vmx_required(VMX_WORD_ENTRY),
			 ENTRY_LOAD_DEBUG | ENTRY_GUEST_64 | ENTRY_LOAD_PAT | ENTRY_LOAD_EFER);
	assert_int_equal(vmx_required(VMX_WORD_EPT), EPT_CAP_4_LEVEL | EPT_CAP_WB | EPT_CAP_INVEPT |
							     EPT_CAP_INVEPT_SINGLE |
							     EPT_CAP_INVEPT_ALL);
	assert_int_equal(vmx_required(VMX_WORD_VPID),
			 (EPT_CAP_INVVPID | EPT_CAP_INVVPID_CONTEXT) >> 32);
}

static void errors_are_explained(void **state)
{
	char text[200];

	(void)state;
	check_explain(BOOT_NO_MEMORY, text, sizeof(text));
	assert_non_null(strstr(text, "memory ="));
	check_explain(BOOT_LACKS(REQUIREMENT_COUNT), text, sizeof(text));
	assert_non_null(strstr(text, "does not know"));
	check_explain(-99, text, sizeof(text));
	assert_non_null(strstr(text, "does not know"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bit_is_named_alike),
		cmocka_unit_test(nx_that_firmware_switched_off_is_no_reason),
		cmocka_unit_test(what_the_code_uses_is_required),
		cmocka_unit_test(errors_are_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
