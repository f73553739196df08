// SPDX-License-Identifier: MIT
// Sources: hv/lib/number.c
// Sources: hv/lib/format.c hv/core/log.c hv/lib/pool.c hv/console/commands.c hv/console/cmd/*.c
// Sources: hv/console/shell/*.c ept/*.c spp/*.c hv/core/power_off.c hv/core/guest_walk.c
// Sources: vmx/vmcs/names.c vmx/exit/timing.c tests/host/shell/fake_vm.c
// Sources: tests/host/shell/fake_guest.c tests/host/shell/terminal.c tests/host/shell/operator.c
// Flags: -include tests/host/shell/fake_tsc.h
// B14: commands that wait, while the guest sets the time-stamp counter. No value of the counter may
// keep a command waiting; a wait that began before the guest set it may end early.
#include <stdio.h>

#include "tests/host/shell/fake_guest.h"
#include "tests/host/shell/operator.h"

#define HZ    1000000000ULL // as in fresh()
#define POLLS 100

static u64 tsc;

unsigned long long fake_tsc_read(void)
{
	return tsc;
}

// What the guest sets it to while a command waits, from LONG_AFTER_RESET on.
#define LONG_AFTER_RESET (100 * HZ)
static const u64 set_to[] = { 0, 1, LONG_AFTER_RESET / 2, ~0ULL - 1 };

static int fresh_counter(void **state)
{
	tsc = LONG_AFTER_RESET;
	fake_events = 0;
	fake_silent_cpu = FAKE_CPUS;
	return fresh(state);
}

// Polls for a tenth of a second, as the console's CPU does.
static void poll_on(void)
{
	for (u32 i = 0; i < POLLS; i++) {
		terminal_poll(&t, &s);
		tsc += HZ / 10 / POLLS;
	}
}

static void top_goes_on(void **state)
{
	char shown[40];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(set_to); i++) {
		u32 top = t.y;

		tsc = LONG_AFTER_RESET;
		terminal_type(&t, &s, "top\r");
		snprintf(shown, sizeof(shown), "%u writes blocked", i + 1);
		vm0.writes[TESSERA_ACTION_DENY] = i + 1;
		poll_on();
		assert_false(terminal_shows(&t, top, shown)); // a second has not passed
		tsc = set_to[i];
		for (u32 tenth = 0; tenth < 11; tenth++)
			poll_on();
		assert_true(terminal_shows(&t, top, shown));
		terminal_type(&t, &s, "x");
		assert_int_equal(s.mode, MODE_EDIT);
	}
}

static void events_are_followed(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(set_to); i++) {
		u32 top = t.y + 1;

		tsc = LONG_AFTER_RESET;
		fake_events = 10;
		terminal_type(&t, &s, "events follow\r");
		fake_events = 12;
		tsc = set_to[i];
		poll_on();
		assert_int_equal(terminal_count(&t, top, "cpu0"), 2);
		terminal_type(&t, &s, "q");
		assert_int_equal(s.mode, MODE_EDIT);
	}
}

static void a_silent_cpu_is_given_up(void **state)
{
	(void)state;
	fake_silent_cpu = 2;
	for (u32 i = 0; i < ARRAY_SIZE(set_to); i++) {
		u32 top = t.y + 1;

		tsc = LONG_AFTER_RESET;
		t.typed = "regs 2\r";
		t.typed_length = 7;
		t.typed_at = 0;
		terminal_poll(&t, &s);
		terminal_poll(&t, &s);
		assert_int_equal(s.mode, MODE_RUN);
		tsc = set_to[i];
		poll_on();
		poll_on();
		assert_true(terminal_shows(&t, top, "cpu 2 does not answer: see `cpus`"));
		assert_int_equal(s.mode, MODE_EDIT);
	}
}

#define TSC_TEST(name) \
	cmocka_unit_test_setup_teardown(name, fresh_counter, prompt_and_lock_are_back)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TSC_TEST(top_goes_on),
		TSC_TEST(events_are_followed),
		TSC_TEST(a_silent_cpu_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
