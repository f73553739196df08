// SPDX-License-Identifier: MIT
// A CPU in root mode invalidates before it enters the guest again, so only CPUs in the guest are
// kicked and waited for. Each CPU publishes its state before it reads shootdown.wanted, and the CPU
// that requests a shootdown raises shootdown.wanted before it reads the states, so one of the two
// sees the other's store.
#include "hv/core/shootdown.h"

#include "hv/core/lock_order.h"
#include "hv/core/vm.h"
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
	if (__atomic_load_n(&c->devirt.no_kicks, __ATOMIC_SEQ_CST)) {
		__atomic_store_n(&c->shootdown.kick, 0, __ATOMIC_SEQ_CST);
		return;
	}
	__atomic_fetch_add(&c->vm->shootdown.kicks, 1, __ATOMIC_RELAXED);
	apic_send_nmi(c->apic_id);
}

static bool must_wait(const struct cpu *c, u64 wanted)
{
	return __atomic_load_n(&c->state, __ATOMIC_SEQ_CST) == CPU_GUEST &&
	       __atomic_load_n(&c->shootdown.done, __ATOMIC_SEQ_CST) < wanted;
}

void vm_shootdown(struct vm *vm)
{
	struct cpu *self = cpu_this();
	u64 wanted = __atomic_add_fetch(&vm->shootdown.wanted, 1, __ATOMIC_SEQ_CST);

	ASSERT(self->state != CPU_GUEST, "a shootdown is asked for in root mode");
	lock_order_only(self, BIT(LOCK_CHANGE) | BIT(LOCK_ICR_TRAP) | BIT(LOCK_POLICY));
	invalidate_here(self);
	// Kick all first, so that they exit in parallel.
	for (u32 i = 0; i < vm->cpus; i++)
		if (vm->cpu[i] != self && must_wait(vm->cpu[i], wanted))
			cpu_kick(vm->cpu[i]);
	for (u32 i = 0; i < vm->cpus; i++)
		while (vm->cpu[i] != self && must_wait(vm->cpu[i], wanted))
			pause();
	__atomic_fetch_add(&vm->shootdown.count, 1, __ATOMIC_RELAXED);
}
