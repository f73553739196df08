// SPDX-License-Identifier: MIT
// Scenarios that devirtualize the machine: each needs a machine of its own, so they are tests of
// tests/emul/devirtualize. X(name, CPUs that it needs).
#ifndef AGENT_DEVIRTUALIZE_LIST_H
#define AGENT_DEVIRTUALIZE_LIST_H

// clang-format off
#define DEVIRTUALIZE_LIST(X) \
	X(devirtualize_keeps_registers, 1) \
	X(devirtualize_by_console, 1) \
	X(devirtualize_is_refused, 1) \
	X(devirtualize_with_a_disabled_apic, 1) \
	X(devirtualize_under_load, 4) \
	X(devirtualize_among_nmis, 4) \
	X(devirtualize_asked_twice, 4)
// clang-format on

#define DEVIRTUALIZE_PROTOTYPE(name, processors) void name(void);
DEVIRTUALIZE_LIST(DEVIRTUALIZE_PROTOTYPE)

#endif
