// SPDX-License-Identifier: MIT
// Who may change the policy: the first claim gets a key that later calls must carry; a seal and a
// lockdown bind everybody until reset.
#include "hv/call/calls.h"
#include "hv/core/log.h"
#include "hv/core/operator.h"
#include "hv/core/vm.h"
#include "hv/x86/insn.h"
#include "vmx/devirt/handoff.h"

#define RDRAND_TRIES 10

// A wrong key costs its CPU a millisecond, then two, four... up to this many.
#define WRONG_KEY_MAX_MS 128

#define WHOLE_POLICY     (~0ULL)

static bool hardware_random(u64 *value)
{
	bool ok = false;

	if (!(cpuid(1, 0).ecx & CPUID_1_ECX_RDRAND))
		return false;
	for (u32 i = 0; i < RDRAND_TRIES && !ok; i++)
		__asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(ok));
	return ok;
}

// In root mode only the guest waits for this CPU (its interrupts stay pending), and the operator,
// whose console this CPU may have to serve.
static void wait_ms(const struct cpu *c, u64 ms)
{
	u64 began = rdtsc();

	while (!ticks_passed(began, ms * (boot->tsc_hz / 1000))) {
		if (operator_is_served_by(c))
			operator_poll();
		pause();
	}
}

static void wrong_key(const struct cpu *c)
{
	u64 n = __atomic_fetch_add(&c->vm->counters.wrong_keys, 1, __ATOMIC_RELAXED);

	log_warn("a call with a wrong key was refused (%lu so far)", n + 1);
	wait_ms(c, n < 7 ? BIT(n) : WRONG_KEY_MAX_MS);
}

bool owner_admits(struct cpu *c, u64 number, u64 key)
{
	struct vm *vm = c->vm;

	if (number == TESSERA_CALL_QUERY)
		return true;
	if (vm->policy.lockdown)
		return false;
	if (!vm->key || vm->key == key)
		return true;
	// Asking for a key is no guess at it, as long as none is offered.
	if (number != TESSERA_CALL_CLAIM || key)
		wrong_key(c);
	return false;
}

s64 call_claim(struct cpu *c, const struct arguments *x, u64 *value)
{
	u64 key, none = 0;

	(void)x;
	if (!hardware_random(&key) || !key)
		return TESSERA_UNSUPPORTED;
	if (!__atomic_compare_exchange_n(&c->vm->key, &none, key, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST))
		return TESSERA_EXISTS;
	log_info("the policy was claimed: changes need the key from now on");
	*value = key;
	return TESSERA_OK;
}

s64 call_release(struct cpu *c, const struct arguments *x, u64 *value)
{
	(void)x;
	(void)value;
	if (!__atomic_exchange_n(&c->vm->key, 0, __ATOMIC_SEQ_CST))
		return TESSERA_NOT_FOUND;
	log_info("the policy was released: every caller at CPL 0 may change it");
	return TESSERA_OK;
}

s64 call_seal(struct cpu *c, const struct arguments *x, u64 *value)
{
	(void)value;
	if (x->a[0] >= RULES_MAX && x->a[0] != WHOLE_POLICY)
		return TESSERA_NOT_FOUND;
	return vm_seal(c->vm, (s64)x->a[0]);
}

s64 call_lockdown(struct cpu *c, const struct arguments *x, u64 *value)
{
	(void)x;
	(void)value;
	lock_take(&c->vm->policy.lock);
	c->vm->policy.lockdown = true;
	lock_drop(&c->vm->policy.lock);
	log_warn("lockdown: the policy stays as it is until reset");
	return TESSERA_OK;
}

s64 call_devirtualize(struct cpu *c, const struct arguments *x, u64 *value)
{
	(void)x;
	(void)value;
	return leave_all(c->vm);
}
