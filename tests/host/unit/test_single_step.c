// SPDX-License-Identifier: MIT
// Sources: vmx/vmcs/guest.c vmx/step/hold.c vmx/check/entry_[rs]*.c
// Sources: tests/host/unit/fake/memory_vmcs.c
// Flags: -iquote tests/host/unit/fake
// What the hypervisor makes of TF, BTF, interrupt shadows and pending debug exceptions, over a VMCS
// in memory: in all states that VM entry takes, the state afterwards must be one that VM entry
// takes too (vmx/check) and the traps must be those of the manual. The emulator knows no BTF and
// checks no pending debug exceptions.
#include "hv/x86/control_regs.h"
#include "tests/host/unit/fake/memory_vmcs.h"
#include "tests/host/unit/support.h"
#include "vmx/check/entry_rules.h"
#include "vmx/step/hold.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"

#define SHADOWS (BLOCKING_BY_STI | BLOCKING_BY_MOV_SS)
#define LENGTH  3

// Calls `check` in every combination that VM entry takes. Returns how many those are.
static u32 each_state(void (*check)(void))
{
	static const u64 rflags[] = { 0, RFLAGS_TF, RFLAGS_IF, RFLAGS_TF | RFLAGS_IF };
	static const u64 shadow[] = { 0, BLOCKING_BY_STI, BLOCKING_BY_MOV_SS, BLOCKING_BY_NMI };
	static const u64 pending[] = { 0, PENDING_DEBUG_BS, PENDING_DEBUG_ENABLED | 1,
				       PENDING_DEBUG_BS | PENDING_DEBUG_ENABLED | 1 };
	u32 states = 0;

	for (u32 i = 0; i < 4 * 4 * 4 * 2; i++) {
		vmcs_fill(GOOD_LONG);
		vmwrite(GUEST_RFLAGS, 2 | rflags[i % 4]);
		vmwrite(GUEST_INTERRUPTIBILITY, shadow[i / 4 % 4]);
		vmwrite(GUEST_PENDING_DEBUG, pending[i / 16 % 4]);
		vmwrite(GUEST_DEBUGCTL, i / 64 ? DEBUGCTL_BTF : 0);
		if (entry_refused(&vmcs, 0) < entry_rule_count)
			continue;
		check();
		states++;
	}
	return states;
}

static bool traps(void)
{
	return (vmread(GUEST_RFLAGS) & RFLAGS_TF) && !(vmread(GUEST_DEBUGCTL) & DEBUGCTL_BTF);
}

// "Single-Step Exception Condition": with BTF only branches trap, and no instruction that exits
// is a branch.
static void advance(void)
{
	u64 rip = vmread(GUEST_RIP), pending = vmread(GUEST_PENDING_DEBUG);
	u64 blocking = vmread(GUEST_INTERRUPTIBILITY);

	guest_advance_by(NULL, LENGTH);
	vmcs_expect_entry("behind an instruction that was carried out");
	assert_int_equal(vmread(GUEST_RIP), rip + LENGTH);
	assert_int_equal(vmread(GUEST_PENDING_DEBUG), pending | (traps() ? PENDING_DEBUG_BS : 0));
	if (vmread(GUEST_RFLAGS) & (RFLAGS_TF | RFLAGS_IF))
		assert_int_equal(vmread(GUEST_INTERRUPTIBILITY), blocking & ~SHADOWS);
}

static void an_instruction_is_carried_out(void **state)
{
	(void)state;
	assert_int_equal(each_state(advance), 88);
}

// A debug exception that would come before the instruction at the next VM entry.
static bool trap_is_due(void)
{
	return (vmread(GUEST_PENDING_DEBUG) & (PENDING_DEBUG_BS | PENDING_DEBUG_ENABLED)) &&
	       !(vmread(GUEST_INTERRUPTIBILITY) & BLOCKING_BY_MOV_SS);
}

static bool interrupt_may_come(void)
{
	return (vmread(GUEST_RFLAGS) & RFLAGS_IF) && !(vmread(GUEST_INTERRUPTIBILITY) & SHADOWS) &&
	       !(vmread(PIN_CONTROLS) & PIN_EXTERNAL_EXITING);
}

static void hold_and_end(bool may_exit)
{
	const struct entry_state before = vmcs;
	bool due = trap_is_due(), could_come = interrupt_may_come();
	enum hold hold = hold_interrupts(may_exit);

	vmcs_expect_entry("before a held instruction");
	assert_int_equal(trap_is_due(), due);
	assert_int_equal(interrupt_may_come(), could_come && (due || (traps() && !may_exit)));
	assert_int_equal(hold == HOLD_NONE, !memcmp(&vmcs, &before, sizeof(vmcs)));
	hold_end(hold);
	assert_memory_equal(&vmcs, &before, sizeof(vmcs));
}

// C1: "RFLAGS.RF" of what is pushed is 1 with faults, and as it was with an abort.
static void a_fault_pushes_the_resume_flag(void **state)
{
	static const struct {
		u32 event; // that was being delivered
		bool fault;
	} cases[] = {
		{ 0, true },
		{ EVENT_VALID | 0x30, true }, // an external interrupt
		{ EVENT_VALID | EVENT_HARDWARE | EVENT_ERROR_CODE | VECTOR_GP, false },
		{ EVENT_VALID | EVENT_HARDWARE | EVENT_ERROR_CODE | VECTOR_PF, false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		vmcs_fill(GOOD_LONG);
		guest_inject_gp_during(NULL, cases[i].event);
		assert_int_equal(!!(vmread(GUEST_RFLAGS) & RFLAGS_RF), cases[i].fault);
		vmcs_expect_entry("with a fault");
	}
	vmcs_fill(GOOD_LONG);
	guest_inject_ud(NULL);
	assert_true(vmread(GUEST_RFLAGS) & RFLAGS_RF);
	vmcs_expect_entry("with a fault");
}

static void hold_for_a_step(void)
{
	hold_and_end(true);
}

static void hold_for_the_operator(void)
{
	hold_and_end(false);
}

// The instruction has used the shadow up; one of its own must stay.
static void hold_and_use(void)
{
	enum hold hold = hold_interrupts(true);

	vmwrite(GUEST_INTERRUPTIBILITY, BLOCKING_BY_MOV_SS);
	hold_used(hold);
	assert_int_equal(vmread(GUEST_INTERRUPTIBILITY), BLOCKING_BY_MOV_SS);
	assert_false(vmread(PIN_CONTROLS) & PIN_EXTERNAL_EXITING);
}

static void interrupts_are_held(void **state)
{
	(void)state;
	assert_int_equal(each_state(hold_for_a_step), 88);
	assert_int_equal(each_state(hold_for_the_operator), 88);
	assert_int_equal(each_state(hold_and_use), 88);
}

// Nothing can come before an event that is delivered with the next VM entry.
static void an_event_needs_no_hold(void **state)
{
	(void)state;
	vmcs_fill(GOOD_EXTERNAL);
	assert_int_equal(hold_interrupts(true), HOLD_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fault_pushes_the_resume_flag),
		cmocka_unit_test(an_instruction_is_carried_out),
		cmocka_unit_test(interrupts_are_held),
		cmocka_unit_test(an_event_needs_no_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
