// SPDX-License-Identifier: MIT
#include "hv/core/vm.h"

#include "hv/core/log.h"
#include "hv/lib/string.h"

void vm_announce(const struct vm *vm)
{
	log_info("Tessera runs on %u CPUs, %lu KiB in use of %lu KiB", vm->cpus,
		 vm->pool->size / 1024 - (u64)vm->pool->free_pages * 4, vm->pool->size / 1024);
	if (vm->policy.hardware) {
		log_info("engine hardware: SPP guards tiles of 128 bytes");
		log_warn("Intel has announced SPP's retirement and published CVE-2024-36242 on it: "
			 "engine = software");
		log_warn("in tessera.conf does without it");
	} else {
		log_info("engine software: %s",
			 vm->spp_available ? "SPP is there and not used" : "this CPU has no SPP");
	}
}

void vm_finish_change(struct vm *vm)
{
	struct policy *p = &vm->policy;

	ASSERT(lock_is_held(&vm->policy.lock), "the policy lock is held");
	if (!p->shootdown_owed)
		return;
	p->shootdown_owed = false;
	vm_shootdown(vm);
	policy_reap(p);
}

u32 vm_features(const struct vm *vm)
{
	return (vm->policy.hardware ? TESSERA_FEATURE_SPP : 0) | TESSERA_FEATURE_STEP;
}

// Unlinked tables wait in limbo for a shootdown. If a call failed for lack of memory while
// `waiting` tables were in limbo before it, does the shootdown, frees them and returns true: the
// caller tries once more. Tables that the failed call itself made and unlinked do not count, since
// the next try needs them again. Policy lock held.
static bool reclaim_tables(struct vm *vm, int error, u32 waiting)
{
	if (error != TESSERA_NO_MEMORY || !waiting)
		return false;
	vm->policy.shootdown_owed = true;
	vm_finish_change(vm);
	return true;
}

int vm_change(struct vm *vm, const struct policy_op *ops, u32 count, u32 *failed)
{
	u32 waiting;
	int error;

	for (*failed = 0; *failed < count; ++*failed)
		if (ops[*failed].rule == vm->icr_trap.rule)
			return TESSERA_DENIED; // Tessera's own: see vmx/exit/icr_trap.h
	lock_take(&vm->policy.lock);
	do {
		waiting = policy_limbo(&vm->policy);
		error = policy_change(&vm->policy, ops, count, failed);
	} while (reclaim_tables(vm, error, waiting));
	vm_finish_change(vm);
	lock_drop(&vm->policy.lock);
	return error;
}

static int vm_change_one(struct vm *vm, struct policy_op op)
{
	u32 failed;

	return vm_change(vm, &op, 1, &failed);
}

int vm_protect(struct vm *vm, u32 rule, u64 gpa, u64 length)
{
	return vm_change_one(vm, (struct policy_op){ .gpa = gpa, .length = length, .rule = rule });
}

int vm_unprotect(struct vm *vm, u32 rule, u64 gpa, u64 length)
{
	return vm_change_one(vm,
			     (struct policy_op){
				     .gpa = gpa, .length = length, .rule = rule, .open = true });
}

int vm_access_set(struct vm *vm, u64 gpa, u32 pages, const u32 *maps)
{
	u32 waiting;
	int error;

	lock_take(&vm->policy.lock);
	do {
		waiting = policy_limbo(&vm->policy);
		error = policy_access_set(&vm->policy, gpa, pages, maps);
	} while (reclaim_tables(vm, error, waiting));
	vm_finish_change(vm);
	lock_drop(&vm->policy.lock);
	return error;
}

int vm_access_get(struct vm *vm, u64 gpa, u32 pages, u32 *maps)
{
	lock_take(&vm->policy.lock);
	int error = policy_access_get(&vm->policy, gpa, pages, maps);

	lock_drop(&vm->policy.lock);
	return error;
}

s32 vm_rule_create(struct vm *vm, u32 action, const char *name, u32 tag, u32 flags)
{
	s32 number = TESSERA_DENIED;

	lock_take(&vm->policy.lock);
	if (!vm->policy.lockdown)
		number = rule_create(&vm->policy.rules, action, name, tag, flags);
	lock_drop(&vm->policy.lock);
	return number;
}

int vm_rule_delete(struct vm *vm, u32 number)
{
	int error = TESSERA_DENIED;

	lock_take(&vm->policy.lock);
	if (!vm->policy.lockdown)
		error = rule_delete(&vm->policy.rules, number);
	lock_drop(&vm->policy.lock);
	return error;
}

static int vm_set_sealed(struct vm *vm, s64 rule, int (*set)(struct rule_table *t, s64 number),
			 const char *what)
{
	char name[TESSERA_NAME_SIZE] = "the whole policy";
	int error;

	lock_take(&vm->policy.lock);
	error = set(&vm->policy.rules, rule);
	if (!error && rule >= 0)
		memcpy(name, rule_get(&vm->policy.rules, (u32)rule)->name, sizeof(name));
	lock_drop(&vm->policy.lock);
	if (!error)
		log_warn("%s: %s", what, name);
	return error;
}

int vm_seal(struct vm *vm, s64 rule)
{
	return vm_set_sealed(vm, rule, rule_seal, "sealed until reset");
}

int vm_unseal(struct vm *vm, s64 rule)
{
	if (boot->unseal != BOOT_UNSEAL_CONSOLE)
		return TESSERA_DENIED;
	return vm_set_sealed(vm, rule, rule_unseal, "unsealed from the console");
}
