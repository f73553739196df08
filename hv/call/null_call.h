// SPDX-License-Identifier: MIT
// The cheapest hypercall: asking for the ABI's version. A caller makes it to find us or to time us,
// so it has a way of its own through the dispatcher.
#ifndef HV_CALL_NULL_CALL_H
#define HV_CALL_NULL_CALL_H

#include "tessera/hypercall.h"
#include "vmx/vmcs/guest.h"

static inline bool is_null_call(const struct regs *regs)
{
	return regs->gpr[RAX] == TESSERA_CALL_QUERY && regs->gpr[RDI] == TESSERA_QUERY_ABI &&
	       guest_cpl() == 0;
}

#endif
