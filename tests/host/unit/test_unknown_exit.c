// SPDX-License-Identifier: MIT
// Sources: vmx/exit/dispatch.c vmx/exit/misc.c vmx/vmcs/guest.c vmx/check/entry_[rs]*.c
// Sources: tests/host/unit/fake/memory_vmcs.c
// Flags: -iquote tests/host/unit/fake
// B10: a VM exit that Tessera does not know, of a CPU that is newer, parks no CPU: the instruction
// is #UD for the guest, at every CPL. A VM entry that failed does.
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hv/core/lock_order.h"
#include "hv/core/log.h"
#include "hv/core/operator.h"
#include "hv/core/panic.h"
#include "hv/core/shootdown.h"
#include "hv/core/vm.h"
#include "hv/core/work.h"
#include "tests/host/unit/fake/memory_vmcs.h"
#include "tests/host/unit/support.h"
#include "vmx/check/entry_check.h"
#include "vmx/exit/handlers.h"
#include "vmx/step/open.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"

#define ARCH_SET_GS 0x1001
#define UNKNOWN     80 // URDMSR

static struct vm vm;
static struct cpu cpu;
static const char *parked;
static jmp_buf when_parked;
static u32 lines, pauses;

// The neighbours.
const exit_handler exit_table[REASON_COUNT] = {
	[REASON_RDTSC] = exit_unknown,
	[REASON_PML_FULL] = exit_surprise,
};
void cpu_park(struct cpu *c, const char *why)
{
	(void)c;
	parked = why;
	longjmp(when_parked, 1);
}

void log_write(enum log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
	lines++;
}

void step_pause(struct cpu *c, u32 reason)
{
	(void)reason;
	c->in_step = false;
	pauses++;
}

u64 operator_poll(void)
{
	return 0;
}

bool exit_vmcall_fast(struct cpu *c, struct regs *regs)
{
	(void)c;
	(void)regs;
	return false;
}

void exit_cpuid(struct cpu *c, struct regs *regs)
{
	(void)c;
	(void)regs;
	fail();
}

void exit_xsetbv(struct cpu *c, struct regs *regs)
{
	exit_cpuid(c, regs);
}

void lock_order_only(const struct cpu *c, u32 allowed)
{
	(void)c;
	(void)allowed;
}

void entry_check(struct cpu *c)
{
	(void)c;
	if (!parked)
		vmcs_expect_entry("behind the exit");
}

void invalidate_here(struct cpu *c)
{
	(void)c;
}

const work_handler work_table[WORK_COUNT];

// One exit at that CPL.
static void exit_with(u64 reason, u64 cpl)
{
	struct regs regs = { 0 };

	vmcs_fill(GOOD_LONG);
	vmwrite(GUEST_RIGHTS(SEG_SS), vmread(GUEST_RIGHTS(SEG_SS)) | cpl << 5);
	vmwrite(GUEST_RIGHTS(SEG_CS), vmread(GUEST_RIGHTS(SEG_CS)) | cpl << 5);
	vmwrite(GUEST_SELECTOR(SEG_SS), vmread(GUEST_SELECTOR(SEG_SS)) | cpl);
	vmwrite(GUEST_SELECTOR(SEG_CS), vmread(GUEST_SELECTOR(SEG_CS)) | cpl);
	vmwrite(ENTRY_INTERRUPTION_INFO, 0);
	last_exit.reason = reason;
	parked = NULL;
	if (!setjmp(when_parked))
		vmx_handle_exit(&regs);
	assert_false(cpu.in_step);
}

static void expect_event(u32 event)
{
	assert_null(parked);
	assert_int_equal(vmread(ENTRY_INTERRUPTION_INFO), EVENT_VALID | event);
	assert_int_equal(cpu.state, cpu.entry_state);
}

static int start(void **state)
{
	(void)state;
	vm = (struct vm){ 0 };
	cpu = (struct cpu){ .self = &cpu, .vm = &vm, .entry_state = CPU_GUEST };
	last_exit.vectoring = lines = pauses = 0;
	return (int)syscall(SYS_arch_prctl, ARCH_SET_GS, &cpu); // cpu_this()
}

static void unknown_instructions_are_undefined(void **state)
{
	static const u64 reasons[] = { UNKNOWN, 81, REASON_COUNT, 84, 85, 0xffff, REASON_RDTSC };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(reasons); i++)
		for (u64 cpl = 0; cpl <= 3; cpl += 3) {
			exit_with(reasons[i], cpl);
			expect_event(EVENT_HARDWARE | VECTOR_UD);
		}
}

static void a_flood_of_them_fills_no_log(void **state)
{
	(void)state;
	for (u32 i = 0; i < 1000; i++)
		exit_with(UNKNOWN, 3);
	assert_int_equal(vm.counters.unknown_exits, 1000);
	assert_true(lines >= 1 && lines <= 10);
}

static void a_step_ends_before_the_fault(void **state)
{
	(void)state;
	cpu.in_step = true;
	exit_with(UNKNOWN, 3);
	assert_int_equal(pauses, 1);
	expect_event(EVENT_HARDWARE | VECTOR_UD);
}

static void an_event_on_its_way_is_not_lost(void **state)
{
	(void)state;
	last_exit.vectoring = EVENT_VALID | EVENT_EXTERNAL | 0x40;
	exit_with(UNKNOWN, 0);
	expect_event(EVENT_EXTERNAL | 0x40);
}

static void what_cannot_continue_is_parked(void **state)
{
	static const u64 reasons[] = { REASON_ENTRY_FAILURE | REASON_ENTRY_GUEST_STATE,
				       REASON_ENTRY_FAILURE | UNKNOWN, REASON_PML_FULL };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(reasons); i++) {
		exit_with(reasons[i], 3);
		assert_non_null(parked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(unknown_instructions_are_undefined, start),
		cmocka_unit_test_setup(a_flood_of_them_fills_no_log, start),
		cmocka_unit_test_setup(a_step_ends_before_the_fault, start),
		cmocka_unit_test_setup(an_event_on_its_way_is_not_lost, start),
		cmocka_unit_test_setup(what_cannot_continue_is_parked, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
