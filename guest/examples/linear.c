// SPDX-License-Identifier: MIT
#include "tessera/call.h"

// Protects memory of the caller's address space, wherever its pages are in physical memory. On
// error *hole is the first address that could not be protected.
int64_t guard_linear(const void *start, uint64_t length, uint64_t *hole)
{
	struct tessera_result r = tessera_call(TESSERA_CALL_PROTECT_GVA, TESSERA_RULE_DENY,
					       (uint64_t)start, length, 0, 0);

	*hole = r.value;
	return r.error;
}

// Undoes it. The page tables must still be the same.
int64_t open_linear(const void *start, uint64_t length)
{
	return tessera_call(TESSERA_CALL_UNPROTECT_GVA, TESSERA_RULE_DENY, (uint64_t)start, length,
			    0, 0)
		.error;
}
