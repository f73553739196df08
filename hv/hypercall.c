// SPDX-License-Identifier: MIT
// VMCALL: the call table. Every call is checked here (who, which, arguments) and then does what the
// console's commands do too. docs/hypercalls.md is written for callers.
#include "hv/string.h"
#include "hv/vm.h"
#include "hv/window.h"
#include "vmx/exits.h"
#include "vmx/guest.h"
#include "vmx/leave.h"

struct arguments {
	u64 a[4];
};

typedef s64 (*call_handler)(struct cpu *c, const struct arguments *x, u64 *value);

#define VMCALL_LENGTH 3

static u64 answer_query(const struct cpu *c, u64 what)
{
	const struct vm *vm = c->vm;

	// clang-format off
	const u64 answers[TESSERA_QUERY_COUNT] = {
		[TESSERA_QUERY_ABI]          = TESSERA_ABI_VERSION,
		[TESSERA_QUERY_FEATURES]     = vm_features(vm),
		[TESSERA_QUERY_ENGINE]       = vm->policy.hardware ? TESSERA_ENGINE_HARDWARE
								   : TESSERA_ENGINE_SOFTWARE,
		[TESSERA_QUERY_CPUS]         = vm->cpus,
		[TESSERA_QUERY_REGIONS]      = vm->policy.regions.count,
		[TESSERA_QUERY_REGIONS_MAX]  = ~0ULL,
		[TESSERA_QUERY_ACCESS_PAGES] = TESSERA_ACCESS_MAX,
		[TESSERA_QUERY_EXITS]        = c->exits_total,
		[TESSERA_QUERY_DENIED]       = vm->denied,
		[TESSERA_QUERY_FREE_PAGES]   = vm->pool->free_pages,
		[TESSERA_QUERY_FLUSHES]      = vm->flushes,
#ifdef COUNT_VMCS
		[TESSERA_QUERY_VMREADS]      = vmcs_reads[c->number],
		[TESSERA_QUERY_VMWRITES]     = vmcs_writes[c->number],
#endif
	};
	// clang-format on
	return answers[what];
}

// The cheapest call answers first: it is what a caller's round trip costs at least.
static s64 call_query(struct cpu *c, const struct arguments *x, u64 *value)
{
	if (x->a[0] == TESSERA_QUERY_ABI) {
		*value = TESSERA_ABI_VERSION;
		return TESSERA_OK;
	}
	if (x->a[0] >= TESSERA_QUERY_COUNT)
		return TESSERA_BAD_ARGUMENT;
	*value = answer_query(c, x->a[0]);
	return TESSERA_OK;
}

static bool rule_number(u64 argument, u32 *rule)
{
	*rule = argument;
	return argument < RULES_MAX;
}

static s64 call_protect(struct cpu *c, const struct arguments *x, u64 *value)
{
	u32 rule;

	(void)value;
	if (!rule_number(x->a[0], &rule))
		return TESSERA_NOT_FOUND;
	return vm_protect(c->vm, rule, x->a[1], x->a[2]);
}

static s64 call_unprotect(struct cpu *c, const struct arguments *x, u64 *value)
{
	u32 rule;

	(void)value;
	if (!rule_number(x->a[0], &rule))
		return TESSERA_NOT_FOUND;
	return vm_unprotect(c->vm, rule, x->a[1], x->a[2]);
}

struct access_call {
	u64 gpa, maps;
	u32 pages;
};

static bool access_arguments(const struct arguments *x, struct access_call *a)
{
	a->gpa = x->a[0];
	a->pages = x->a[1];
	a->maps = x->a[2];
	return x->a[1] && x->a[1] <= TESSERA_ACCESS_MAX && a->gpa % PAGE_SIZE == 0 &&
	       a->maps % sizeof(u32) == 0;
}

static s64 call_access_get(struct cpu *c, const struct arguments *x, u64 *value)
{
	u32 maps[TESSERA_ACCESS_MAX];
	struct access_call a;
	s64 error;

	if (!access_arguments(x, &a))
		return TESSERA_BAD_ARGUMENT;
	error = vm_access_get(c->vm, a.gpa, a.pages, maps);
	if (!error)
		error = guest_write(c, a.maps, maps, a.pages * sizeof(u32));
	if (!error)
		*value = a.pages;
	return error;
}

static s64 call_access_set(struct cpu *c, const struct arguments *x, u64 *value)
{
	u32 maps[TESSERA_ACCESS_MAX];
	struct access_call a;
	s64 error;

	if (!access_arguments(x, &a))
		return TESSERA_BAD_ARGUMENT;
	error = guest_read(c, a.maps, maps, a.pages * sizeof(u32));
	if (!error)
		error = vm_access_set(c->vm, a.gpa, a.pages, maps);
	if (!error)
		*value = a.pages;
	return error;
}

// clang-format off
static const call_handler calls[TESSERA_CALL_COUNT] = {
	[TESSERA_CALL_QUERY]      = call_query,
	[TESSERA_CALL_PROTECT]    = call_protect,
	[TESSERA_CALL_UNPROTECT]  = call_unprotect,
	[TESSERA_CALL_ACCESS_GET] = call_access_get,
	[TESSERA_CALL_ACCESS_SET] = call_access_set,
};
// clang-format on

void exit_vmcall(struct cpu *c, struct regs *regs)
{
	u64 number = regs->gpr[RAX], value = 0;
	struct arguments x = {
		{ regs->gpr[RDI], regs->gpr[RSI], regs->gpr[RDX], regs->gpr[RCX] },
	};

	if (guest_cpl() != 0) {
		guest_inject_ud(c);
		return;
	}
	guest_advance_by(c, VMCALL_LENGTH);
	if (number < TESSERA_CALL_COUNT && calls[number])
		regs->gpr[RAX] = calls[number](c, &x, &value);
	else if (!c->vm->committed && boot_call(c, number))
		regs->gpr[RAX] = TESSERA_OK;
	else
		regs->gpr[RAX] = (u64)TESSERA_UNKNOWN_CALL;
	regs->gpr[RDX] = value;
}
