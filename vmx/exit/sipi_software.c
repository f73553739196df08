// SPDX-License-Identifier: MIT
// Manual: "Interrupt Command Register (ICR)", "MP Initialization Protocol Algorithm".
#include "vmx/exit/sipi_software.h"

#include "hv/core/shootdown.h"
#include "hv/core/vm.h"
#include "hv/x86/apic.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "vmx/exit/msr_filter.h"

#define ICR_VECTOR    0xffU
#define ICR_MODE      (7U << 8)
#define ICR_MODE_INIT (5U << 8)
#define ICR_MODE_SIPI (6U << 8)
#define ICR_LOGICAL   BIT(11)
#define ICR_SHORTHAND (3U << 18)
#define ICR_SELF      (1U << 18)
#define ICR_OTHERS    (3U << 18)
#define ICR_ASSERT    BIT(14)

#define SIPI_ARRIVED  0x100U // with the vector below it

// How long the sender gives a waiting processor to wake before it kicks it again: the kick may have
// come between that one's last look and its HLT.
#define KICK_AGAIN 10000

// This region is ours, so neither a lockdown nor a seal of the whole policy stands in its way.
static void watch_icr(struct vm *vm, bool on)
{
	struct policy *p = &vm->policy;

	lock_take(&p->lock);
	bool lockdown = p->lockdown;
	u32 *flags = &rule_get(&p->rules, vm->sipi.apic_rule)->flags, sealed = *flags;

	p->lockdown = false;
	*flags &= ~TESSERA_RULE_SEALED;
	msrs_intercept_icr(vm->msr_bitmap, on);
	if (on)
		policy_protect(p, vm->sipi.apic_rule, apic_page(), PAGE_SIZE);
	else
		policy_unprotect(p, vm->sipi.apic_rule, apic_page(), PAGE_SIZE);
	p->shootdown_owed = true;
	vm_finish_change(vm);
	p->lockdown = lockdown;
	*flags = sealed;
	lock_drop(&p->lock);
}

static void count_waiting(struct vm *vm, bool enters)
{
	lock_take(&vm->sipi.lock);
	if (enters && vm->sipi.watched++ == 0)
		watch_icr(vm, true);
	else if (!enters && --vm->sipi.watched == 0)
		watch_icr(vm, false);
	lock_drop(&vm->sipi.lock);
}

bool waiting_begins(struct cpu *c)
{
	u32 others = __atomic_fetch_add(&c->vm->sipi.waiting, 1, __ATOMIC_SEQ_CST);

	return c->vm->sipi.mode == BOOT_SIPI_SOFTWARE ||
	       (c->vm->sipi.mode == BOOT_SIPI_SINGLE && others);
}

void waiting_ends(struct cpu *c)
{
	__atomic_fetch_sub(&c->vm->sipi.waiting, 1, __ATOMIC_SEQ_CST);
}

u32 waiting_for_sipi(struct cpu *c)
{
	u32 arrived;

	__atomic_store_n(&c->sipi, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&c->state, CPU_WAITING, __ATOMIC_SEQ_CST);
	count_waiting(c->vm, true);
	while (!(arrived = __atomic_load_n(&c->sipi, __ATOMIC_SEQ_CST)))
		halt();
	__atomic_store_n(&c->state, CPU_ROOT, __ATOMIC_SEQ_CST);
	count_waiting(c->vm, false);
	c->nmi_pending = false; // wait-for-SIPI blocks NMIs; those for a waiting processor are lost
	return arrived & 0xff;
}

bool waiting_traps(const struct vm *vm, u64 gpa)
{
	return vm->sipi.mode != BOOT_SIPI_AUTO && (gpa & PAGE_MASK) == apic_page();
}

u32 waiting_apic_read(u64 gpa)
{
	return apic_read(gpa % PAGE_SIZE & ~3U);
}

// How a processor takes a command: from its APIC, unless it waits in software.
static bool waits_in_software(const struct cpu *c)
{
	return __atomic_load_n(&c->state, __ATOMIC_SEQ_CST) == CPU_WAITING &&
	       c->entry_state != CPU_WAITING;
}

static void wake_waiting(struct cpu *c, u32 vector)
{
	__atomic_store_n(&c->sipi, SIPI_ARRIVED | vector, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&c->state, __ATOMIC_SEQ_CST) == CPU_WAITING) {
		cpu_kick(c);
		for (u32 i = 0; i < KICK_AGAIN && c->state == CPU_WAITING; i++)
			pause();
		__atomic_store_n(&c->shootdown.kick, 0, __ATOMIC_SEQ_CST);
	}
}

// One INIT or SIPI for one processor. One that waits in software ignores further INITs.
static void send_to_waiting(struct cpu *target, u32 icr)
{
	if (!waits_in_software(target))
		apic_send(target->apic_id, icr & (ICR_MODE | ICR_ASSERT | ICR_VECTOR));
	else if ((icr & ICR_MODE) == ICR_MODE_SIPI)
		wake_waiting(target, icr & ICR_VECTOR);
}

static bool is_addressed(const struct cpu *self, const struct cpu *target, u32 icr, u32 id)
{
	u32 shorthand = icr & ICR_SHORTHAND;

	if (!shorthand)
		return target->apic_id == id;
	return target == self ? shorthand != ICR_OTHERS : shorthand != ICR_SELF;
}

// True when this command concerns us: an INIT or SIPI by physical destination or shorthand.
static bool take_command(struct cpu *c, u32 icr, u32 id)
{
	u32 mode = icr & ICR_MODE;

	if ((mode != ICR_MODE_INIT && mode != ICR_MODE_SIPI) || (icr & ICR_LOGICAL))
		return false;
	// The level-triggered de-assert of old processors' INIT protocol does nothing.
	if (mode == ICR_MODE_INIT && !(icr & ICR_ASSERT))
		return true;
	for (u32 i = 0; i < c->vm->cpus; i++)
		if (is_addressed(c, c->vm->cpu[i], icr, id))
			send_to_waiting(c->vm->cpu[i], icr);
	return true;
}

void waiting_apic_write(struct cpu *c, u64 gpa, u32 value)
{
	u32 offset = gpa % PAGE_SIZE & ~3U;

	if (offset != APIC_ICR_LOW || !take_command(c, value, apic_read(APIC_ICR_HIGH) >> 24))
		apic_write(offset, value);
}

bool waiting_icr_write(struct cpu *c, u32 msr, u64 value)
{
	return take_command(c, value, value >> 32) || wrmsr_safe(msr, value);
}
