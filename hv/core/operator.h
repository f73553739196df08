// SPDX-License-Identifier: MIT
// The operator, as far as the rooms below hv/console need one. hv/console/console.c defines these
// functions; they are declared here, so that hv/core and vmx/ include nothing of the console.
#ifndef HV_CORE_OPERATOR_H
#define HV_CORE_OPERATOR_H

#include "hv/core/cpu.h"

// True when an operator's line is open: someone could resume a frozen guest.
bool operator_is_there(void);

// True on the CPU that serves the operator.
bool operator_is_served_by(const struct cpu *c);

// Serves the operator: moves bytes and runs at most one command. Only on the CPU that serves the
// operator, in root mode, no lock held. Returns the preemption-timer ticks until the next poll:
// few while there is traffic, many when the line is quiet.
u64 operator_poll(void);

// Keeps the shell off the line until the release. Any CPU.
void operator_seize_line(void);
void operator_release_line(void);

// Sends text at once, past shell and log, with a limit on the wait for the line: for the last words
// of a panic. Any CPU.
void operator_say(const char *text);

#endif
