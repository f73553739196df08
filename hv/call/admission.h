// SPDX-License-Identifier: MIT
// Decides who may make which hypercall, by the columns "key" and "lockdown" of the ABI header.
#ifndef HV_CALL_ADMISSION_H
#define HV_CALL_ADMISSION_H

#include "hv/lib/types.h"
#include "tessera/hypercall.h"

enum admission {
	CALL_ADMITTED,
	CALL_REFUSED,   // the policy is locked down, or a second client asks for a key
	CALL_WRONG_KEY, // refused, and the caller may be guessing the key
};

// One bit for each call.
#define CALL_KEY_BIT(name, number, key, lockdown, arguments, value) | (u64)(key) << (number)
#define CALL_LOCKDOWN_BIT(name, number, key, lockdown, arguments, value) \
	| (u64)(lockdown) << (number)
#define CALLS_WITH_KEY    (0 TESSERA_CALLS(CALL_KEY_BIT))
#define CALLS_IN_LOCKDOWN (0 TESSERA_CALLS(CALL_LOCKDOWN_BIT))

_Static_assert(TESSERA_CALL_COUNT <= 64, "a bit for each call");

// Decides about call `number`, below TESSERA_CALL_COUNT, whose caller offers `key`. `holder` is the
// key holder's key, 0 while there is no key holder. Changes nothing.
static inline enum admission call_admission(u64 number, u64 key, u64 holder, bool lockdown)
{
	if (lockdown && !(CALLS_IN_LOCKDOWN & BIT(number)))
		return CALL_REFUSED;
	if (!holder || holder == key || !(CALLS_WITH_KEY & BIT(number)))
		return CALL_ADMITTED;
	// CLAIM without a key asks for one and does not guess.
	return number == TESSERA_CALL_CLAIM && !key ? CALL_REFUSED : CALL_WRONG_KEY;
}

#endif
