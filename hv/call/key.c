// SPDX-License-Identifier: MIT
// The calls about the key holder, seals and lockdown. The first CLAIM gets a key, which later calls
// must carry; a seal and a lockdown bind every caller until reset.
#include "hv/call/admission.h"
#include "hv/call/calls.h"
#include "hv/core/log.h"
#include "hv/core/operator.h"
#include "hv/core/vm.h"
#include "hv/x86/insn.h"
#include "vmx/devirt/handoff.h"

#define RDRAND_TRIES 10

// The first wrong key stops its CPU for 1 ms; each further one doubles that, up to this limit.
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

// Keeps this CPU in root mode. The guest's interrupts stay pending meanwhile; the operator's
// console is served if this CPU has to serve it.
static void wait_ms(const struct cpu *c, u64 ms)
{
	u64 began = rdtsc();

	while (!ticks_passed(began, ms * (boot->tsc_hz / 1000))) {
		if (operator_is_served_by(c))
			operator_poll();
		pause();
	}
}

static void refuse_wrong_key(const struct cpu *c)
{
	u64 n = __atomic_fetch_add(&c->vm->counters.wrong_keys, 1, __ATOMIC_RELAXED);

	log_warn("a call with a wrong key was refused (%lu so far)", n + 1);
	wait_ms(c, n < 7 ? BIT(n) : WRONG_KEY_MAX_MS);
}

bool call_is_admitted(struct cpu *c, u64 number, u64 key)
{
	enum admission a = call_admission(number, key, c->vm->key, c->vm->policy.lockdown);

	if (a == CALL_WRONG_KEY)
		refuse_wrong_key(c);
	return a == CALL_ADMITTED;
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
	return devirtualize_all(c->vm);
}
