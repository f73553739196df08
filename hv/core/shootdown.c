// SPDX-License-Identifier: MIT
// A CPU in root mode invalidates before it enters the guest again, so only CPUs in the guest are
// kicked and waited for. Each CPU publishes its state before it reads shootdown.wanted, and the CPU
// that requests a shootdown raises shootdown.wanted before it reads the states, so one of the two
// sees the other's store.
#include "hv/core/shootdown.h"

#include "hv/core/lock_order.h"
#include "hv/core/log.h"
#include "hv/core/vm.h"
#include "hv/core/wait.h"
#include "hv/core/work.h"
#include "hv/x86/apic.h"
#include "hv/x86/insn.h"

void invalidate_here(struct cpu *c)
{
	struct vm *vm = c->vm;
	u64 wanted = __atomic_load_n(&vm->shootdown.wanted, __ATOMIC_SEQ_CST);

	if (c->shootdown.done == wanted)
		return;
	invept(INVALIDATE_ALL, 0);
	__atomic_fetch_add(&vm->shootdown.invepts, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&c->shootdown.done, wanted, __ATOMIC_SEQ_CST);
}

void cpu_kick(struct cpu *c)
{
	if (__atomic_exchange_n(&c->shootdown.kick, 1, __ATOMIC_SEQ_CST))
		return;
	if (__atomic_load_n(&c->shootdown.no_kicks, __ATOMIC_SEQ_CST)) {
		__atomic_store_n(&c->shootdown.kick, 0, __ATOMIC_SEQ_CST);
		return;
	}
	__atomic_fetch_add(&c->vm->shootdown.kicks, 1, __ATOMIC_RELAXED);
	apic_send_nmi(c->apic_id);
}

// (cpu_kick announces a kick before it reads no_kicks.)
void cpu_hold_kicks(struct cpu *c, bool on)
{
	struct wait w = { .us = WAIT_KICK };

	__atomic_store_n(&c->shootdown.no_kicks, on, __ATOMIC_SEQ_CST);
	while (on && __atomic_load_n(&c->shootdown.kick, __ATOMIC_SEQ_CST) && wait_goes_on(&w))
		unblock_nmis();
}

static bool must_wait(const struct cpu *c, u64 wanted)
{
	return !c->shootdown.late && __atomic_load_n(&c->state, __ATOMIC_SEQ_CST) == CPU_GUEST &&
	       __atomic_load_n(&c->shootdown.done, __ATOMIC_SEQ_CST) < wanted;
}

// Does something about each CPU to wait for, all first, so that they leave the guest side by side.
// Returns false if one does not answer in time.
static bool ask_and_wait(struct vm *vm, u64 wanted, void (*ask)(struct cpu *c))
{
	struct wait w = { .us = WAIT_SHOOTDOWN };

	for (u32 i = 0; i < vm->cpus; i++)
		if (must_wait(vm->cpu[i], wanted))
			ask(vm->cpu[i]);
	for (u32 i = 0; i < vm->cpus; i++)
		while (must_wait(vm->cpu[i], wanted))
			if (!wait_goes_on(&w))
				return false;
	return true;
}

static void kick_again(struct cpu *c)
{
	c->shootdown.again = true;
	apic_send_nmi(c->apic_id);
}

// A CPU can be kept from taking NMIs, by exceptions without end for example. The NMI that is
// pending there makes it leave the guest before its next instruction, and then it parks.
static void give_up(struct cpu *c)
{
	log_error("cpu %u does not leave the guest: it is parked as soon as it does", c->number);
	work_add(c, WORK_DRILL);
	__atomic_store_n(&c->shootdown.late, true, __ATOMIC_SEQ_CST);
}

void vm_shootdown(struct vm *vm)
{
	struct cpu *self = cpu_this();
	u64 wanted = __atomic_add_fetch(&vm->shootdown.wanted, 1, __ATOMIC_SEQ_CST);

	ASSERT(self->state != CPU_GUEST, "a shootdown is asked for in root mode");
	lock_order_only(self, BIT(LOCK_CHANGE) | BIT(LOCK_ICR_TRAP) | BIT(LOCK_POLICY));
	invalidate_here(self);
	if (!ask_and_wait(vm, wanted, cpu_kick) && !ask_and_wait(vm, wanted, kick_again))
		ask_and_wait(vm, wanted, give_up);
	__atomic_fetch_add(&vm->shootdown.count, 1, __ATOMIC_RELAXED);
}
