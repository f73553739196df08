// SPDX-License-Identifier: MIT
// Scenarios that take Tessera off, so each needs a machine of its own (tests/emul/leave). X(name,
// processors that it needs).
#ifndef AGENT_LEAVINGS_H
#define AGENT_LEAVINGS_H

// clang-format off
#define LEAVINGS(X) \
	X(leaving_keeps_registers, 1) \
	X(leaving_by_console, 1) \
	X(leaving_is_refused, 1) \
	X(leaving_under_load, 4) \
	X(leaving_among_nmis, 4) \
	X(leaving_asked_twice, 4)
// clang-format on

#define LEAVING_PROTOTYPE(name, processors) void name(void);
LEAVINGS(LEAVING_PROTOTYPE)

#endif
