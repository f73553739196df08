// SPDX-License-Identifier: MIT
// Sources: vmx/exit/cr.c
// Flags: -iquote tests/host/unit/fake
// C9: a move to CR0 that changes NE and faults changes nothing in what the guest reads.
#include "hv/core/host.h"
#include "hv/x86/control_regs.h"
#include "tests/host/unit/support.h"
#include "vmx/exit/cr.h"
#include "vmx/exit/handlers.h"
#include "vmx/vmcs/guest.h"

#define LONG_CR0 (CR0_PG | CR0_WP | CR0_ET | CR0_PE)

static struct cpu cpu;
static struct regs regs;
static u64 fields[0x8000];
static u32 faults;

u64 vmread(u64 field)
{
	return fields[field];
}

void vmwrite(u64 field, u64 value)
{
	fields[field] = value;
}

void guest_inject_gp(struct cpu *c)
{
	(void)c;
	faults++;
}

struct mode {
	u64 cr0, cr4, efer, rights;
};

static const struct mode long_mode = { LONG_CR0, CR4_PAE, EFER_LME | EFER_LMA, RIGHTS_LONG_MODE };
static const struct mode compatible = { LONG_CR0, CR4_PAE, EFER_LME | EFER_LMA, 0 };
static const struct mode legacy = { LONG_CR0, 0, 0, 0 };
static const struct mode real_mode = { CR0_ET, 0, 0, 0 };

static void in_mode(const struct mode *m)
{
	fields[GUEST_CR0] = m->cr0 | CR0_NE; // as VMX forces it
	fields[CR0_SHADOW] = m->cr0;
	fields[GUEST_CR4] = m->cr4;
	fields[GUEST_EFER] = m->efer;
	fields[GUEST_RIGHTS(SEG_CS)] = m->rights;
	faults = 0;
}

// The guest moves RCX to CR0.
static void move(u64 value, bool faulty)
{
	u64 shadow = fields[CR0_SHADOW];

	faults = 0;
	regs.gpr[RCX] = value;
	fields[EXIT_QUALIFICATION] = RCX << 8;
	exit_cr_access(&cpu, &regs);
	assert_int_equal(faults, faulty);
	assert_int_equal(fields[CR0_SHADOW] & CR0_NE, (faulty ? shadow : value) & CR0_NE);
}

static const struct {
	const struct mode *mode;
	u64 cr4, set, clear;
	bool faulty;
} moves[] = {
	{ &long_mode, 0, CR0_NE, 0, false },
	{ &long_mode, 0, CR0_NE, CR0_PE, true },
	{ &long_mode, 0, CR0_NE, CR0_PG, true },
	{ &long_mode, 0, CR0_NE | BIT(32), 0, true },
	{ &long_mode, 0, CR0_NE | CR0_NW, 0, true },
	{ &long_mode, 0, CR0_NE | CR0_NW | CR0_CD, 0, false },
	{ &long_mode, 0, CR0_NE | CR0_CD, 0, false },
	{ &long_mode, 0, CR0_NE, CR0_WP, false },
	{ &long_mode, CR4_CET, CR0_NE, CR0_WP, true },
	{ &compatible, 0, CR0_NE | BIT(32), 0, false },
	{ &compatible, 0, CR0_NE, CR0_PG, false },
	{ &compatible, CR4_PCIDE, CR0_NE, CR0_PG, true },
	{ &legacy, 0, CR0_NE, CR0_PG, false },
	{ &legacy, 0, CR0_NE, CR0_PG | CR0_PE, false },
	{ &legacy, 0, CR0_NE, CR0_PE, true },
	{ &real_mode, 0, CR0_NE, 0, false },
	{ &real_mode, 0, CR0_NE | CR0_PG, 0, true },
	{ &real_mode, 0, CR0_NE | CR0_PG | CR0_PE, 0, false },
};

static void only_a_move_that_succeeds_changes_ne(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(moves); i++) {
		in_mode(moves[i].mode);
		fields[GUEST_CR4] |= moves[i].cr4;
		move((moves[i].mode->cr0 | moves[i].set) & ~moves[i].clear, moves[i].faulty);
	}
}

// EFER.LME needs CR4.PAE before paging.
static void paging_in_long_mode_needs_pae(void **state)
{
	(void)state;
	in_mode(&legacy);
	fields[GUEST_EFER] = EFER_LME;
	move(LONG_CR0 | CR0_NE, true);
	fields[GUEST_CR4] = CR4_PAE;
	move(LONG_CR0 | CR0_NE, false);
}

int main(void)
{
	static const struct vmx_capability cap = { .cr0_fixed0 = CR0_PG | CR0_NE | CR0_PE };
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_move_that_succeeds_changes_ne),
		cmocka_unit_test(paging_in_long_mode_needs_pae),
	};

	crs_enter_vmx(&cap);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
