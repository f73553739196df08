// SPDX-License-Identifier: MIT
// Sources: vmx/exit/nmi.c vmx/vmcs/guest.c vmx/check/entry_rules.c vmx/check/entry_state.c
// Flags: -iquote tests/host/unit/fake
// What NMIs find and leave in the VMCS, over one in memory: kicks in the middle of a step, and
// deliveries that a rule denies. The emulator meets these moments too rarely to test them there.
#include "hv/core/panic.h"
#include "hv/core/shootdown.h"
#include "hv/core/vcpu.h"
#include "hv/core/vm.h"
#include "tests/host/unit/entry_good.h"
#include "tests/host/unit/support.h"
#include "vmx/check/entry_rules.h"
#include "vmx/exit/nmi.h"
#include "vmx/step/step.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/setup.h"

#define SHARED_MAP 0x1000
#define VIEW       0x2000

static struct entry_state vmcs;
static struct entry_cpu features;
static struct step step;
static struct vm vm;
static struct cpu cpu;
static u64 exit_reason, vectoring;

static u32 place_of(u64 field)
{
	u32 place = 0;

	while (entry_field_encoding(place) != field)
		place++;
	return place;
}

u64 vmread(u64 field)
{
	switch (field) {
	case EXIT_REASON:
		return exit_reason;
	case IDT_VECTORING_INFO:
		return vectoring;
	case IDT_VECTORING_ERROR:
		return 0;
	default:
		return vmcs.value[place_of(field)];
	}
}

void vmwrite(u64 field, u64 value)
{
	vmcs.value[place_of(field)] = value;
}

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
bool linear_is_canonical(u64 address, u64 cr4);

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

bool linear_is_canonical(u64 address, u64 cr4)
{
	(void)address;
	(void)cr4;
	return true;
}

void machine_triple_fault(struct cpu *c)
{
	(void)c;
	fail_msg("triple fault");
	abort();
}

static void expect_entry(void)
{
	u32 refused = entry_refused(&vmcs, 0);

	if (refused < entry_rule_count)
		fail_msg("VM entry would be refused: %s", entry_rules[refused].name);
}

static void kicked_in_a_step(u64 last_exit)
{
	good_state(GOOD_LONG, &vmcs, &features);
	vmwrite(EPT_POINTER, VIEW);
	step = (struct step){ 0 };
	cpu = (struct cpu){
		.vm = &vm, .step = &step, .state = CPU_GUEST, .in_step = true, .shootdown.kick = 1
	};
	exit_reason = last_exit;
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
	good_state(GOOD_LONG, &vmcs, &features);
	vmwrite(GUEST_INTERRUPTIBILITY, BLOCKING_BY_NMI);
	vectoring = EVENT_VALID | EVENT_NMI | VECTOR_NMI;
	assert_true(guest_requeue_event(&cpu, 0));
	assert_int_equal(vmread(GUEST_INTERRUPTIBILITY), 0); // for another try
	expect_entry();

	guest_inject_gp(&cpu);
	assert_int_equal(vmread(ENTRY_INTERRUPTION_INFO) & EVENT_VECTOR, VECTOR_GP);
	assert_int_equal(vmread(GUEST_INTERRUPTIBILITY), BLOCKING_BY_NMI);
	expect_entry();
}

static void other_denied_deliveries_block_nothing(void **state)
{
	(void)state;
	good_state(GOOD_LONG, &vmcs, &features);
	vectoring = EVENT_VALID | 0x40; // an external interrupt
	assert_true(guest_requeue_event(&cpu, 0));
	guest_inject_gp(&cpu);
	assert_int_equal(vmread(GUEST_INTERRUPTIBILITY), 0);
	expect_entry();
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
