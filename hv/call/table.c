// SPDX-License-Identifier: MIT
// VMCALL: the table of calls. Checks each call's number and whether its caller may make it, then
// runs its handler. docs/hypercalls.md describes the calls for those who write a client.
#include "hv/call/calls.h"
#include "hv/call/loader.h"
#include "hv/core/vm.h"
#include "hv/x86/insn.h"
#include "vmx/exit/handlers.h"
#include "vmx/vmcs/guest.h"

#define VMCALL_LENGTH 3

// clang-format off
static const call_handler calls[TESSERA_CALL_COUNT] = {
	[TESSERA_CALL_QUERY]        = call_query,
	[TESSERA_CALL_PROTECT]      = call_protect,
	[TESSERA_CALL_UNPROTECT]    = call_unprotect,
	[TESSERA_CALL_ACCESS_GET]   = call_access_get,
	[TESSERA_CALL_ACCESS_SET]   = call_access_set,
	[TESSERA_CALL_RULE_CREATE]  = call_rule_create,
	[TESSERA_CALL_RULE_DELETE]  = call_rule_delete,
	[TESSERA_CALL_RULE_GET]     = call_rule_get,
	[TESSERA_CALL_REGION_GET]   = call_region_get,
	[TESSERA_CALL_EVENTS_START] = call_events_start,
	[TESSERA_CALL_EVENTS_STOP]  = call_events_stop,
	[TESSERA_CALL_SEAL]         = call_seal,
	[TESSERA_CALL_CLAIM]        = call_claim,
	[TESSERA_CALL_RELEASE]      = call_release,
	[TESSERA_CALL_LOCKDOWN]     = call_lockdown,
	[TESSERA_CALL_DEVIRTUALIZE] = call_devirtualize,
	[TESSERA_CALL_STATISTICS]   = call_statistics,
	[TESSERA_CALL_LOG_READ]     = call_log_read,
	[TESSERA_CALL_BATCH]        = call_batch,
	[TESSERA_CALL_PROTECT_GVA]  = call_protect_gva,
	[TESSERA_CALL_UNPROTECT_GVA] = call_unprotect_gva,
};
// clang-format on

static s64 run_call(struct cpu *c, u64 number, u64 key, const struct arguments *x, u64 *value)
{
	if (number < TESSERA_CALL_COUNT) {
		// Keeps speculation from calling through what lies behind the table.
		call_handler call = calls[unspeculated(number)];

		return call_is_admitted(c, number, key) ? call(c, x, value) : TESSERA_DENIED;
	}
	if (!c->vm->committed && call_from_loader(c, number))
		return TESSERA_OK;
	return TESSERA_UNKNOWN_CALL;
}

// Handles the query for the ABI version, which callers make to find Tessera and to measure the cost
// of a call, without the rest of the path.
bool exit_vmcall_fast(struct cpu *c, struct regs *regs)
{
	if (regs->gpr[RAX] != TESSERA_CALL_QUERY || regs->gpr[RDI] != TESSERA_QUERY_ABI ||
	    guest_cpl() != 0)
		return false;
	c->exits[REASON_VMCALL]++;
	regs->gpr[RAX] = TESSERA_OK;
	regs->gpr[RDX] = TESSERA_ABI_VERSION;
	guest_advance_by(c, VMCALL_LENGTH);
	return true;
}

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
	regs->gpr[RAX] = run_call(c, number, regs->gpr[R8], &x, &value);
	regs->gpr[RDX] = value;
}
