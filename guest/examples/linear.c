// SPDX-License-Identifier: MIT
#include "tessera/call.h"

// Protects something of the caller's own address space, wherever its pages lie. Where that is not
// possible, *hole is the first address that is to blame.
int64_t guard_linear(const void *start, uint64_t length, uint64_t *hole)
{
	struct tessera_result r = tessera_call(TESSERA_CALL_PROTECT_GVA, TESSERA_RULE_DENY,
					       (uint64_t)start, length, 0, 0);

	*hole = r.value;
	return r.error;
}

// With the same page tables as then.
int64_t open_linear(const void *start, uint64_t length)
{
	return tessera_call(TESSERA_CALL_UNPROTECT_GVA, TESSERA_RULE_DENY, (uint64_t)start, length,
			    0, 0)
		.error;
}
