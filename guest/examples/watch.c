// SPDX-License-Identifier: MIT
#include "tessera/call.h"

uint64_t gpa_of(const void *address);

// Records all writes to a range, which still happen.
int64_t watch(uint64_t gpa, uint64_t length)
{
	static struct tessera_rule rule = { .action = TESSERA_ACTION_AUDIT, .name = "watched" };
	struct tessera_result made =
		tessera_call(TESSERA_CALL_RULE_CREATE, gpa_of(&rule), 0, 0, 0, 0);

	if (made.error)
		return made.error;
	return tessera_call_protect(made.value, gpa, length, 0);
}
