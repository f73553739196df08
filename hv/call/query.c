// SPDX-License-Identifier: MIT
// The query call: single numbers about this Tessera and its state.
#include "hv/call/calls.h"
#include "hv/core/vm.h"
#include "vmx/vmcs/vmcs.h"

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
		[TESSERA_QUERY_ACCESS_MAX]   = TESSERA_ACCESS_MAX,
		[TESSERA_QUERY_EXITS]        = c->exits_total,
		[TESSERA_QUERY_BLOCKED]      = vm_blocked(vm),
		[TESSERA_QUERY_FREE_PAGES]   = vm->pool->free_pages,
		[TESSERA_QUERY_SHOOTDOWNS]   = vm->shootdown.count,
#ifdef COUNT_VMCS
		[TESSERA_QUERY_VMREADS]      = vmcs_reads[c->number],
		[TESSERA_QUERY_VMWRITES]     = vmcs_writes[c->number],
#endif
	};
	// clang-format on
	return answers[what];
}

s64 call_query(struct cpu *c, const struct arguments *x, u64 *value)
{
	if (x->a[0] >= TESSERA_QUERY_COUNT)
		return TESSERA_BAD_ARGUMENT;
	*value = answer_query(c, x->a[0]);
	return TESSERA_OK;
}
