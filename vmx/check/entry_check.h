// SPDX-License-Identifier: MIT
// The checker of VM entries in front of the real VM entry. The makefile links one of two files:
// entry_check_on.c with CHECKED=1, which test builds have, and entry_check_off.c else.
#ifndef VMX_CHECK_ENTRY_CHECK_H
#define VMX_CHECK_ENTRY_CHECK_H

#include "hv/core/cpu.h"

// The last thing before VMLAUNCH and VMRESUME, on the CPU itself, with its VMCS current. If a
// CPU would refuse the entry, names the rule and its fields on the log, on the console and on
// port 0xE9, where the test machines look for it, and panics.
void entry_check(struct cpu *c);

#endif
