// SPDX-License-Identifier: MIT
#include "tessera/call.h"

// Makes 256 bytes at a guest-physical address read-only, if Tessera runs.
int64_t guard(uint64_t gpa)
{
	if (tessera_present() != TESSERA_ABI_VERSION)
		return TESSERA_UNSUPPORTED;
	return tessera_call_protect(TESSERA_RULE_DENY, gpa, 256, 0);
}
