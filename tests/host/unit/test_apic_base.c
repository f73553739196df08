// SPDX-License-Identifier: MIT
// Sources: vmx/exit/apic_base.c hv/x86/apic.c
// Flags: -iquote tests/host/unit/fake
// B4: the guest's writes to IA32_APIC_BASE, over an APIC that does what the figure "Local x2APIC
// State Transitions with IA32_APIC_BASE, INIT, and Reset" shows. Whatever the guest does, its CPU
// takes NMIs.
#include <setjmp.h>
#include <string.h>

#include "hv/core/panic.h"
#include "hv/core/shootdown.h"
#include "hv/x86/apic.h"
#include "tests/host/unit/support.h"
#include "vmx/exit/apic_base.h"

#define MODES    4
#define BASE     0xfee00000ULL
#define RESERVED (0x2ffULL | ~(BIT(46) - 1))

enum { DISABLED, INVALID, XAPIC, X2APIC };

// Rows: from; columns: to. Only a reset leaves the invalid state, which nothing enters.
static const char legal[MODES][MODES + 1] = { "y-y-", "----", "y-yy", "y--y" };

static struct cpu cpu;
static u64 base, disable_status;
static u32 page[PAGE_SIZE / 4], msrs[PAGE_SIZE / 16];
static bool stays_off; // as on the emulator: this APIC is not enabled twice
static jmp_buf parked;

static u32 mode_of(u64 value)
{
	return (u32)(value >> 10) % MODES;
}

static u64 with_mode(u32 mode)
{
	return BASE | APIC_BASE_BSP | (u64)mode << 10;
}

u64 rdmsr(u32 msr)
{
	assert_int_equal(msr, IA32_APIC_BASE);
	return base;
}

bool rdmsr_safe(u32 msr, u64 *value)
{
	assert_int_equal(msr, IA32_XAPIC_DISABLE_STATUS);
	*value = disable_status;
	return true;
}

bool wrmsr_safe(u32 msr, u64 value)
{
	u32 from = mode_of(base), to = mode_of(value);

	assert_int_equal(msr, IA32_APIC_BASE);
	if ((value & RESERVED) || legal[from][to] != 'y')
		return false;
	assert_false(disable_status && from == X2APIC && to != X2APIC);
	assert_true(to != DISABLED || cpu.shootdown.no_kicks);
	if (from == DISABLED)
		memset(page, 0xee, sizeof(page));
	if (from != DISABLED || !stays_off)
		base = value;
	return true;
}

void wrmsr(u32 msr, u64 value)
{
	if (msr == IA32_APIC_BASE) {
		assert_true(wrmsr_safe(msr, value));
		return;
	}
	assert_int_equal(mode_of(base), X2APIC);
	assert_in_range(msr, IA32_X2APIC_FIRST, IA32_X2APIC_FIRST + 0xff);
	msrs[msr - IA32_X2APIC_FIRST] = (u32)value;
}

void cpu_hold_kicks(struct cpu *c, bool on)
{
	c->shootdown.no_kicks = on;
}

void cpu_park(struct cpu *c, const char *why)
{
	(void)why;
	assert_ptr_equal(c, &cpu);
	longjmp(parked, 1);
}

static u64 seen(void)
{
	u64 value;

	assert_true(apic_base_read(&cpu, IA32_APIC_BASE, &value));
	return value;
}

// The guest writes, and reads what it wrote if that is allowed, else what was there before. An APIC
// that takes NMIs is behind it.
static void write_and_expect(u64 value, bool allowed)
{
	u64 before = seen();

	assert_int_equal(apic_base_write(&cpu, IA32_APIC_BASE, value), allowed);
	assert_int_equal(seen(), allowed ? value : before);
	assert_true(base & APIC_BASE_ENABLE);
	assert_false(cpu.shootdown.no_kicks);
}

static void begin_in(u32 mode)
{
	cpu = (struct cpu){ 0 };
	disable_status = 0;
	stays_off = false;
	base = with_mode(XAPIC);
	apic_init(page);
	write_and_expect(with_mode(mode), true);
}

static void transitions_are_those_of_the_manual(void **state)
{
	(void)state;
	for (u32 from = 0; from < MODES; from++) {
		for (u32 to = 0; to < MODES; to++) {
			bool allowed = legal[from][to] == 'y';

			assert_int_equal(apic_mode_may_change(with_mode(from), with_mode(to)),
					 allowed);
			if (from == INVALID)
				continue;
			begin_in(from);
			write_and_expect(with_mode(to), allowed);
			// And back again, by the same table.
			if (allowed)
				write_and_expect(with_mode(from), legal[to][from] == 'y');
		}
	}
}

// Three steps at a time, so that each mode is reached by more than one way.
static void the_way_does_not_matter(void **state)
{
	(void)state;
	for (u32 way = 0; way < MODES * MODES * MODES; way++) {
		u32 at = XAPIC;

		begin_in(XAPIC);
		for (u32 i = 0, rest = way; i < 3; i++, rest /= MODES) {
			bool allowed = legal[at][rest % MODES] == 'y';

			write_and_expect(with_mode(rest % MODES), allowed);
			at = allowed ? rest % MODES : at;
		}
	}
}

static void other_bits_do_not_change(void **state)
{
	static const u8 modes[] = { DISABLED, XAPIC, X2APIC };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(modes); i++) {
		u64 now = with_mode(modes[i]);

		begin_in(modes[i]);
		for (u32 bit = 0; bit < 64; bit++)
			if (bit != 8 && bit != 10 && bit != 11)
				write_and_expect(now ^ BIT(bit), false);
		assert_true(apic_base_write(&cpu, IA32_APIC_BASE, now & ~APIC_BASE_BSP));
		assert_int_equal(seen(), now);
	}
}

// Manual: IA32_XAPIC_DISABLE_STATUS.
static void firmware_can_bind_it_to_x2apic_mode(void **state)
{
	(void)state;
	begin_in(X2APIC);
	disable_status = XAPIC_IS_DISABLED;
	for (u32 to = 0; to < MODES; to++)
		write_and_expect(with_mode(to), to == X2APIC);
}

#define TPR   0x80
#define SVR   0xf0
#define TIMER 0x320
#define LINT0 0x350
#define LINT1 0x360

static void a_disabled_one_passes_the_pins(void **state)
{
	(void)state;
	begin_in(DISABLED);
	assert_int_equal(page[SVR / 4], 0x1ff);
	assert_int_equal(page[TPR / 4], 0xff);
	assert_int_equal(page[LINT0 / 4], 0x700);
	assert_int_equal(page[LINT1 / 4], 0x400);
	begin_in(X2APIC);
	memset(page, 0xee, sizeof(page));
	write_and_expect(with_mode(DISABLED), true);
	assert_int_equal(msrs[SVR / 16], 0x1ff);
	assert_int_equal(msrs[TPR / 16], 0xff);
	assert_int_equal(msrs[LINT0 / 16], 0x700);
	assert_int_equal(msrs[LINT1 / 16], 0x400);
	write_and_expect(with_mode(XAPIC), true);
	assert_int_equal(page[SVR / 4], 0xff);
	assert_int_equal(page[TPR / 4], 0);
	assert_int_equal(page[TIMER / 4], 0x10000);
	assert_int_equal(page[LINT0 / 4], 0x10000);
	assert_int_equal(page[LINT1 / 4], 0x10000);
}

// Then no kick could reach its CPU, which therefore leaves the guest for good.
static void one_that_stays_disabled_parks_its_cpu(void **state)
{
	(void)state;
	begin_in(X2APIC);
	write_and_expect(with_mode(DISABLED), true);
	stays_off = true;
	if (setjmp(parked))
		return;
	apic_base_write(&cpu, IA32_APIC_BASE, with_mode(XAPIC));
	fail();
}

static void devirtualized_it_is_as_the_guest_sees_it(void **state)
{
	static const u8 modes[] = { DISABLED, XAPIC, X2APIC };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(modes); i++) {
		begin_in(modes[i]);
		cpu_hold_kicks(&cpu, true);
		apic_base_devirtualize(&cpu);
		assert_int_equal(base, with_mode(modes[i]));
	}
}

// An APIC that does not deliver its last command. This ran for ever without a limit.
static void one_that_hangs_holds_up_nobody(void **state)
{
	const u32 pending = 1U << 12, command = 0x44fd;

	(void)state;
	begin_in(XAPIC);
	page[APIC_ICR_LOW / 4] = pending;
	apic_send(5, command);
	assert_int_equal(page[APIC_ICR_LOW / 4], command);
	apic_send(5, command | pending);
	assert_int_equal(page[APIC_ICR_LOW / 4], command | pending);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(transitions_are_those_of_the_manual),
		cmocka_unit_test(the_way_does_not_matter),
		cmocka_unit_test(other_bits_do_not_change),
		cmocka_unit_test(firmware_can_bind_it_to_x2apic_mode),
		cmocka_unit_test(a_disabled_one_passes_the_pins),
		cmocka_unit_test(one_that_stays_disabled_parks_its_cpu),
		cmocka_unit_test(devirtualized_it_is_as_the_guest_sees_it),
		cmocka_unit_test(one_that_hangs_holds_up_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
