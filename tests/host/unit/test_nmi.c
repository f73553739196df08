// SPDX-License-Identifier: MIT
// Sources: vmx/exit/nmi.c vmx/vmcs/guest.c vmx/check/entry_[rs]*.c
// Sources: tests/host/unit/fake/memory_vmcs.c
// Flags: -iquote tests/host/unit/fake
// What NMIs find and leave in the VMCS, over one in memory: kicks in the middle of a step, and
// deliveries that a rule denies. The emulator meets these moments too rarely to test them there.
#include "hv/core/panic.h"
#include "hv/core/shootdown.h"
#include "hv/core/vcpu.h"
#include "hv/core/vm.h"
#include "tests/host/unit/fake/memory_vmcs.h"
#include "tests/host/unit/support.h"
#include "vmx/exit/nmi.h"
#include "vmx/step/step.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/setup.h"

#define SHARED_MAP 0x1000
#define VIEW       0x2000

static struct step step;
static struct vm vm;
static struct cpu cpu;

// The neighbours.
void invalidate_here(struct cpu *c)
{
	(void)c;
}

u64 vmx_eptp(const struct vm *v, const u64 *root)
{
	(void)v;
	(void)root;
	return SHARED_MAP;
}

void devirtualize_in_nmi(struct cpu *c);

void devirtualize_in_nmi(struct cpu *c)
{
	(void)c;
	fail();
}

void cpu_park(struct cpu *c, const char *why)
{
	(void)c;
	fail_msg("%s", why);
	abort();
}

static void kicked_in_a_step(u64 reason)
{
	vmcs_fill(GOOD_LONG);
	vmwrite(EPT_POINTER, VIEW);
	step = (struct step){ 0 };
	cpu = (struct cpu){
		.vm = &vm, .step = &step, .state = CPU_GUEST, .in_step = true, .shootdown.kick = 1
	};
	last_exit.reason = reason;
	vcpu_nmi_in_root(&cpu);
	assert_int_equal(cpu.shootdown.kick, 0);
}

// Behind the last look before VM entry: the view may be old, and must not be used.
static void a_kick_before_the_instruction_takes_the_view_away(void **state)
{
	(void)state;
	kicked_in_a_step(REASON_EPT_VIOLATION);
	assert_true(step.overtaken);
	assert_int_equal(vmread(EPT_POINTER), SHARED_MAP);
}

// The instruction is behind its stores, and has left the guest with the monitor trap. If it did
// not count as a step now, the guest would go on behind a denied store without its fault.
static void a_kick_after_the_instruction_leaves_the_step_alone(void **state)
{
	(void)state;
	kicked_in_a_step(REASON_MONITOR_TRAP);
	assert_false(step.overtaken);
	assert_int_equal(vmread(EPT_POINTER), VIEW);
}

// Pushing the frame of an NMI met a rule. A CPU blocks NMIs before it pushes, so the handler
// of the fault runs with NMIs blocked.
static void a_denied_delivery_leaves_nmis_blocked(void **state)
{
	(void)state;
	vmcs_fill(GOOD_LONG);
	vmwrite(GUEST_INTERRUPTIBILITY, BLOCKING_BY_NMI);
	last_exit.vectoring = EVENT_VALID | EVENT_NMI | VECTOR_NMI;
	assert_true(guest_requeue_event(&cpu, 0));
	assert_int_equal(vmread(GUEST_INTERRUPTIBILITY), 0); // for another try
	vmcs_expect_entry("behind the NMI");

	guest_inject_gp(&cpu);
	assert_int_equal(vmread(ENTRY_INTERRUPTION_INFO) & EVENT_VECTOR, VECTOR_GP);
	assert_int_equal(vmread(GUEST_INTERRUPTIBILITY), BLOCKING_BY_NMI);
	vmcs_expect_entry("behind the NMI");
}

static void other_denied_deliveries_block_nothing(void **state)
{
	(void)state;
	vmcs_fill(GOOD_LONG);
	last_exit.vectoring = EVENT_VALID | 0x40; // an external interrupt
	assert_true(guest_requeue_event(&cpu, 0));
	guest_inject_gp(&cpu);
	assert_int_equal(vmread(GUEST_INTERRUPTIBILITY), 0);
	vmcs_expect_entry("behind the NMI");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kick_before_the_instruction_takes_the_view_away),
		cmocka_unit_test(a_kick_after_the_instruction_leaves_the_step_alone),
		cmocka_unit_test(a_denied_delivery_leaves_nmis_blocked),
		cmocka_unit_test(other_denied_deliveries_block_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
