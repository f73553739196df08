// SPDX-License-Identifier: MIT
#include "tools/exit_reasons.h"

#include "hv/x86/exit_reason.h"
#include "tessera/hypercall.h"

_Static_assert((unsigned int)REASON_COUNT == TESSERA_EXIT_REASONS, "as many as are counted");

#define REASON_NAME(name, number) [number] = #name,
static const char *const names[REASON_COUNT] = { EXIT_REASONS(REASON_NAME) };

const char *reason_name(unsigned int reason)
{
	return reason < REASON_COUNT && names[reason] ? names[reason] : "?";
}
