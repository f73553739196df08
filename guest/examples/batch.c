// SPDX-License-Identifier: MIT
#include "tessera/call.h"

uint64_t gpa_of(const void *address);

// Makes a protected table longer. What was protected is never open, and stays protected if the call
// fails.
int64_t grow(uint64_t gpa, uint64_t length, uint64_t more)
{
	static struct tessera_operation operations[2];

	operations[0] = (struct tessera_operation){
		.call = TESSERA_CALL_UNPROTECT,
		.rule = TESSERA_RULE_DENY,
		.address = gpa,
		.length = length,
	};
	operations[1] = operations[0];
	operations[1].call = TESSERA_CALL_PROTECT;
	operations[1].length = length + more;
	return tessera_call(TESSERA_CALL_BATCH, gpa_of(operations), 2, 0, 0, 0).error;
}
