// SPDX-License-Identifier: MIT
// Scenarios about INIT, SIPI and NMI, one right after the other. They run under Tessera and
// natively (tests/emul/system/test_starts.py), so they use no call unless Tessera is there. Those
// of the x2APIC come last: there is no way back. X(name, CPUs that it needs).
#ifndef AGENT_STARTS_H
#define AGENT_STARTS_H

// clang-format off
#define STARTS(X) \
	X(sipi_at_once_to_a_halted_cpu, 2) \
	X(sipi_at_once_to_a_running_cpu, 2) \
	X(sipi_at_once_to_an_exiting_cpu, 2) \
	X(sipi_at_once_to_a_stepping_cpu, 2) \
	X(sipi_at_once_to_a_waiting_cpu, 2) \
	X(sipi_at_once_by_shorthand, 4) \
	X(sipi_at_once_after_a_logical_init, 2) \
	X(sipis_in_a_row, 4) \
	X(nmi_while_waiting_for_sipi, 2) \
	X(x2apic_begins, 2) \
	X(sipi_at_once_in_x2apic_mode, 2) \
	X(sipi_at_once_by_shorthand_in_x2apic_mode, 4) \
	X(sipi_at_once_by_logical_id_in_x2apic_mode, 2)
// clang-format on

#define START_PROTOTYPE(name, processors) void name(void);
STARTS(START_PROTOTYPE)

#endif
