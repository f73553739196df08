// SPDX-License-Identifier: MIT
// Sources: hv/core/shootdown.c hv/core/wait.c
// Flags: -iquote tests/host/unit/fake
// A shootdown and a CPU that answers at once, late, or never. Time is the host's own TSC, of which
// 1,000,000,000 ticks are said to be a second.
#include <asm/prctl.h>
#include <sys/syscall.h>

#include "hv/core/lock_order.h"
#include "hv/core/log.h"
#include "hv/core/shootdown.h"
#include "hv/core/vm.h"
#include "hv/core/wait.h"
#include "hv/x86/apic.h"
#include "hv/x86/insn.h"
#include "tests/host/unit/support.h"

long syscall(long number, ...); // not <unistd.h>, which has its own pause()

#define HZ 1000000000ULL

static struct vm vm;
static struct cpu cpus[3];
static struct boot_info info = { .tsc_hz = HZ };
struct boot_info *boot = &info;
static u32 nmis, answers_at, reports;

static struct cpu *const self = &cpus[0];

// What the CPU of that APIC ID does when its `answers_at`-th NMI comes.
void apic_send_nmi(u32 id)
{
	if (++nmis == answers_at)
		cpus[id].shootdown.done = vm.shootdown.wanted;
}

void log_write(enum log_level level, const char *text, ...)
{
	(void)level;
	reports += strstr(text, "does not leave the guest") != NULL;
}

void lock_order_only(const struct cpu *c, u32 allowed)
{
	(void)c;
	(void)allowed;
}

void assert_failed(const char *what)
{
	fail_msg("%s", what);
	__builtin_unreachable();
}

static int fresh(void **state)
{
	(void)state;
	memset(&vm, 0, sizeof(vm));
	memset(cpus, 0, sizeof(cpus));
	vm.cpus = 3;
	for (u32 i = 0; i < 3; i++) {
		vm.cpu[i] = &cpus[i];
		cpus[i].vm = &vm;
		cpus[i].apic_id = cpus[i].number = i;
		cpus[i].state = CPU_ROOT;
	}
	cpus[2].state = CPU_GUEST;
	nmis = reports = 0;
	return (int)syscall(SYS_arch_prctl, ARCH_SET_GS, &self); // cpu_this()
}

static u64 ticks_of_shootdown(void)
{
	u64 began = rdtsc();

	vm_shootdown(&vm);
	return rdtsc() - began;
}

static void a_cpu_that_answers_gets_one_nmi(void **state)
{
	(void)state;
	answers_at = 1;
	vm_shootdown(&vm);
	assert_int_equal(nmis, 1);
	assert_int_equal(reports, 0);
	assert_false(cpus[2].shootdown.late);
}

static void a_lost_nmi_is_sent_again(void **state)
{
	(void)state;
	answers_at = 2;
	assert_true(ticks_of_shootdown() > HZ / 3);
	assert_int_equal(nmis, 2);
	assert_int_equal(reports, 0);
	assert_true(cpus[2].shootdown.again); // so that the second NMI is not the guest's
	assert_false(cpus[2].shootdown.late);
}

static void a_cpu_that_never_answers_is_given_up(void **state)
{
	(void)state;
	answers_at = 0;
	vm_shootdown(&vm);
	assert_int_equal(nmis, 2);
	assert_int_equal(reports, 1);
	assert_true(cpus[2].shootdown.late);
	assert_int_equal(cpus[2].work, WORK_DRILL);
	assert_false(cpus[1].shootdown.late);
	// And nobody waits for it again.
	assert_true(ticks_of_shootdown() < HZ / 3);
	assert_int_equal(nmis, 2);
}

static void a_pause_of_the_machine_counts_as_a_millisecond(void **state)
{
	struct wait w = { .us = WAIT_FREEZE };

	(void)state;
	assert_true(wait_goes_on(&w));
	w.last -= 100 * HZ;
	assert_true(wait_goes_on(&w));
	for (u32 i = 0; i < 9; i++) {
		w.last -= HZ;
		wait_goes_on(&w);
	}
	assert_false(wait_goes_on(&w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_cpu_that_answers_gets_one_nmi, fresh),
		cmocka_unit_test_setup(a_lost_nmi_is_sent_again, fresh),
		cmocka_unit_test_setup(a_cpu_that_never_answers_is_given_up, fresh),
		cmocka_unit_test_setup(a_pause_of_the_machine_counts_as_a_millisecond, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
