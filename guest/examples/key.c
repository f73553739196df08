// SPDX-License-Identifier: MIT
#include "tessera/call.h"

uint64_t gpa_of(const void *address);

// From now on nobody else can change the policy. Keep the key where other code does not find it.
int64_t claim(uint64_t *key)
{
	struct tessera_result r = tessera_call(TESSERA_CALL_CLAIM, 0, 0, 0, 0, 0);

	*key = r.value;
	return r.error;
}

// Protects a range so that not even the key holder can open it before the next reset.
int64_t guard_for_good(uint64_t gpa, uint64_t length, uint64_t key)
{
	static struct tessera_rule rule = { .action = TESSERA_ACTION_DENY, .name = "for good" };
	struct tessera_result made =
		tessera_call(TESSERA_CALL_RULE_CREATE, gpa_of(&rule), 0, 0, 0, key);
	int64_t error = made.error;

	if (error)
		return error;
	error = tessera_call_protect(made.value, gpa, length, key);
	if (error) {
		tessera_call(TESSERA_CALL_RULE_DELETE, made.value, 0, 0, 0, key);
		return error;
	}
	return tessera_call(TESSERA_CALL_SEAL, made.value, 0, 0, 0, key).error;
}
