// SPDX-License-Identifier: MIT
// Manual: "Interrupt Command Register (ICR)", "MP Initialization Protocol Algorithm", "Determining
// IPI Destination".
#include "vmx/exit/icr_trap.h"

#include "hv/core/vm.h"
#include "hv/core/work.h"
#include "hv/x86/apic.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "vmx/exit/init_sipi.h"
#include "vmx/exit/msr_filter.h"

#define ICR_VECTOR    0xffU
#define ICR_MODE      (7U << 8)
#define ICR_MODE_INIT (5U << 8)
#define ICR_MODE_SIPI (6U << 8)
#define ICR_LOGICAL   BIT(11)
#define ICR_ASSERT    BIT(14)
#define ICR_SHORTHAND (3U << 18)
#define ICR_OTHERS    (3U << 18)

#define QUIET_SECONDS 10 // without INIT and SIPI: all CPUs of the system have been started

// This region belongs to Tessera: lockdown and a seal of the whole policy do not prevent it.
static void set_trap(struct vm *vm, bool on)
{
	struct policy *p = &vm->policy;

	lock_take(&p->lock);
	bool lockdown = p->lockdown;
	u32 *flags = &rule_get(&p->rules, vm->icr_trap.rule)->flags, sealed = *flags;

	p->lockdown = false;
	*flags &= ~TESSERA_RULE_SEALED;
	msrs_intercept_icr(vm->msr_bitmap, on);
	if (on)
		policy_protect(p, vm->icr_trap.rule, apic_page(), PAGE_SIZE);
	else
		policy_unprotect(p, vm->icr_trap.rule, apic_page(), PAGE_SIZE);
	p->shootdown_owed = true;
	vm_finish_change(vm);
	p->lockdown = lockdown;
	*flags = sealed;
	lock_drop(&p->lock);
}

// Signed, since the time stamp of another CPU may be ahead. If all CPUs wait in root mode, an INIT
// would switch the trap on too late for the SIPI that Linux sends 10 us after it.
static bool is_wanted(const struct vm *vm)
{
	s64 quiet = (s64)(rdtsc() - vm->icr_trap.used);

	if (vm->cpus == 1) // nobody else is started, and a trap makes each write to the APIC a step
		return false;
	return vm->sipi.mode == BOOT_SIPI_SOFTWARE || vm->icr_trap.holds ||
	       quiet < (s64)(QUIET_SECONDS * boot->tsc_hz);
}

static void update_trap(struct vm *vm)
{
	lock_take(&vm->icr_trap.lock);
	bool on = is_wanted(vm);

	if (on != vm->icr_trap.on) {
		// `on` covers the whole change, so that no fault of the page is judged by rules.
		vm->icr_trap.on = true;
		set_trap(vm, on);
		vm->icr_trap.on = on;
	}
	lock_drop(&vm->icr_trap.lock);
}

// Returns the APIC to the guest once the system's CPUs have been started.
static __attribute__((noinline)) void expire_trap(struct vm *vm)
{
	if (!is_wanted(vm))
		update_trap(vm);
}

void icr_trap_renew(struct vm *vm)
{
	vm->icr_trap.used = rdtsc();
	update_trap(vm);
}

void icr_trap_hold(struct vm *vm, bool on)
{
	__atomic_fetch_add(&vm->icr_trap.holds, on ? 1 : -1, __ATOMIC_SEQ_CST);
	update_trap(vm);
}

bool icr_trap_covers(const struct vm *vm, u64 gpa)
{
	return vm->icr_trap.on && (gpa & PAGE_MASK) == apic_page();
}

u32 icr_trap_apic_read(u64 gpa)
{
	return apic_read(gpa % PAGE_SIZE & ~3U);
}

static bool is_addressed(const struct cpu *self, const struct cpu *target, u32 icr, u32 id)
{
	u32 all = apic_is_x2apic() ? ~0U : 0xff;

	if (icr & ICR_SHORTHAND)
		return target != self;
	if (id == all || !(icr & ICR_LOGICAL))
		return id == all || target->apic_id == id;
	return apic_is_x2apic() && id >> 16 == target->apic_id >> 4 &&
	       (id & BIT(target->apic_id % 16));
}

// Carries out an INIT or a SIPI. Returns false for any other command, and for combinations that the
// manual calls invalid, which the APIC handles.
static bool take_command(struct cpu *c, u32 icr, u32 id)
{
	u32 mode = icr & ICR_MODE, shorthand = icr & ICR_SHORTHAND;
	bool logical = !shorthand && (icr & ICR_LOGICAL) && !apic_is_x2apic();

	if ((mode != ICR_MODE_INIT && mode != ICR_MODE_SIPI) ||
	    (shorthand && shorthand != ICR_OTHERS))
		return false;
	// The level-triggered de-assert of old CPUs' INIT protocol does nothing.
	if (mode == ICR_MODE_INIT && !(icr & ICR_ASSERT))
		return true;
	c->vm->icr_trap.used = rdtsc();
	for (u32 i = 0; i < c->vm->cpus; i++) {
		struct cpu *target = c->vm->cpu[i];

		if (!logical && !is_addressed(c, target, icr, id))
			continue;
		if (mode == ICR_MODE_INIT)
			start_send_init(target, logical ? id : 0);
		else if (!logical) // INIT clears the logical ID
			start_send_sipi(target, icr & ICR_VECTOR);
	}
	return true;
}

void icr_trap_apic_write(struct cpu *c, u64 gpa, u32 value)
{
	u32 offset = gpa % PAGE_SIZE & ~3U;

	if (offset != APIC_ICR_LOW || !take_command(c, value, apic_read(APIC_ICR_HIGH) >> 24))
		apic_write(offset, value);
	expire_trap(c->vm);
}

bool icr_trap_msr_write(struct cpu *c, u32 msr, u64 value)
{
	bool done = take_command(c, value, value >> 32) || wrmsr_safe(msr, value);

	expire_trap(c->vm);
	return done;
}
