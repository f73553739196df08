// SPDX-License-Identifier: MIT
#include "tests/host/shell/fake_vm.h"

#include <stdlib.h>
#include <string.h>

#include "hv/core/freeze.h"
#include "hv/core/panic.h"
#include "hv/core/run_on.h"
#include "hv/core/shootdown.h"
#include "vmx/devirt/handoff.h"
#include "vmx/step/step.h"
#include "vmx/vmcs/snapshot.h"

struct snapshot snapshot;
struct vm vm0;
struct pool pool;
static struct boot_info info;
struct boot_info *boot = &info;
jmp_buf fake_reset;
u32 fake_changes;
u32 fake_silent_cpu = FAKE_CPUS;

static struct cpu cpus[FAKE_CPUS];
static struct step steps[FAKE_CPUS];
static _Alignas(4096) u8 pool_memory[FAKE_POOL_SIZE];

u32 cpu_number(void)
{
	return 1;
}

// Every CPU but the silent one answers at once. CPU 3 waits for its SIPI.
bool run_on(struct cpu *c, run_on_work work)
{
	if (c->state == CPU_WAITING)
		return false;
	work(c);
	return true;
}

bool run_on_done(struct cpu *c)
{
	return c->number != fake_silent_cpu;
}

bool freeze(struct vm *vm)
{
	vm->freeze.on = true;
	for (u32 i = 0; i < vm->cpus; i++)
		vm->cpu[i]->freeze.frozen = true;
	return true;
}

void freeze_end(struct vm *vm)
{
	vm->freeze.on = false;
	for (u32 i = 0; i < vm->cpus; i++)
		vm->cpu[i]->freeze.frozen = false;
}

// CPU 2 is halted; the others stand four bytes further on afterwards.
void freeze_step(struct cpu *c)
{
	c->freeze.single = c->number == 2 ? SINGLE_HALTED : SINGLE_DONE;
	c->freeze.rip += 4;
}

// What a test wants instead of a field's number.
static u64 wanted[VMCS_FIELD_COUNT];
static bool is_wanted[VMCS_FIELD_COUNT];

void snapshot_set(u32 encoding, u64 value)
{
	wanted[vmcs_field_index(encoding)] = value;
	is_wanted[vmcs_field_index(encoding)] = true;
}

// Every field holds its own number, but one that this CPU does not have.
void snapshot_take(struct cpu *c)
{
	(void)c;
	for (u32 i = 0; i < VMCS_FIELD_COUNT; i++) {
		snapshot.there[i] = vmcs_field_encoding(i) != SPPT_POINTER;
		snapshot.field[i] = is_wanted[i] ? wanted[i] : vmcs_field_encoding(i);
	}
	for (u32 i = 0; i < 16; i++)
		snapshot.gpr[i] = 0x1000 + i;
}

int devirtualize_all(struct vm *vm)
{
	return vm->policy.lockdown ? TESSERA_SEALED : TESSERA_OK;
}

void cpu_kick(struct cpu *c)
{
	c->shootdown.kick = 1;
}

void machine_reset(void)
{
	longjmp(fake_reset, 1);
}

#define REASON_NAME(name, number) [number] = #name,

const char *exit_reason_name(unsigned reason)
{
	static const char *const names[] = { EXIT_REASONS(REASON_NAME) };

	return reason < REASON_COUNT ? names[reason] : "?";
}

// Every change as hv/core/vm.c makes it: under the lock, and reaped after the shootdown.
static int changed(struct vm *vm, int result)
{
	if (vm->policy.shootdown_owed)
		vm->shootdown.count++;
	vm->policy.shootdown_owed = false;
	policy_reap(&vm->policy);
	lock_drop(&vm->policy.lock);
	fake_changes++;
	return result;
}

int vm_protect(struct vm *vm, u32 rule, u64 gpa, u64 length)
{
	lock_take(&vm->policy.lock);
	return changed(vm, policy_protect(&vm->policy, rule, gpa, length));
}

int vm_unprotect(struct vm *vm, u32 rule, u64 gpa, u64 length)
{
	lock_take(&vm->policy.lock);
	return changed(vm, policy_unprotect(&vm->policy, rule, gpa, length));
}

s32 vm_rule_create(struct vm *vm, u32 action, const char *name, u32 tag, u32 flags)
{
	lock_take(&vm->policy.lock);
	return changed(vm, rule_create(&vm->policy.rules, action, name, tag, flags));
}

int vm_rule_delete(struct vm *vm, u32 number)
{
	lock_take(&vm->policy.lock);
	return changed(vm, rule_delete(&vm->policy.rules, number));
}

int vm_seal(struct vm *vm, s64 rule)
{
	lock_take(&vm->policy.lock);
	return changed(vm, rule_seal(&vm->policy.rules, rule));
}

int vm_unseal(struct vm *vm, s64 rule)
{
	if (boot->unseal != BOOT_UNSEAL_CONSOLE)
		return TESSERA_DENIED;
	lock_take(&vm->policy.lock);
	return changed(vm, rule_unseal(&vm->policy.rules, rule));
}

void fake_vm_make(bool hardware, u64 pool_size)
{
	static const struct mtrr_state all_write_back = { .present = false, .addr_bits = 36 };

	memset(&vm0, 0, sizeof(vm0));
	memset(cpus, 0, sizeof(cpus));
	fake_changes = 0;
	info = (struct boot_info){ .block_pa = FAKE_POOL_PA, .block_size = pool_size };
	pool_init(&pool, pool_memory, FAKE_POOL_PA, pool_size);
	vm0.pool = &pool;
	vm0.cpus = FAKE_CPUS;
	for (u32 i = 0; i < FAKE_CPUS; i++) {
		cpus[i].number = cpus[i].apic_id = i;
		cpus[i].state = i;
		vm0.cpu[i] = &cpus[i];
		cpus[i].step = &steps[i];
	}
	if (ept_create(&vm0.ept, &pool, 36, 3, &all_write_back, FAKE_POOL_PA,
		       FAKE_POOL_PA + FAKE_POOL_SIZE) ||
	    policy_init(&vm0.policy, &pool, &vm0.ept, hardware))
		abort();
}
