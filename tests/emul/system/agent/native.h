// SPDX-License-Identifier: MIT
// What a CPU is like, with and without Tessera below it.
#ifndef AGENT_NATIVE_H
#define AGENT_NATIVE_H

#include "hv/lib/types.h"

// Gives this CPU's registers values that a fresh one would not have; compares all of them
// with what they were. Neither touches general registers.
void native_note(void);
void native_compare(void);

// Checks that this CPU runs on bare hardware: no hypervisor in CPUID, and VMX, which then
// must be off, can be switched on.
void native_expect(void);

#endif
