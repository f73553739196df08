// SPDX-License-Identifier: MIT
// How firmware says that the machine is switched off. ACPI: "Fixed ACPI Description Table (FADT)",
// "\_Sx (System States)", "PM1 Control Registers". The tables lie in the guest's memory and the
// guest may have changed them: they are data to check, and a wrong answer is a port that does
// nothing.
#ifndef HV_CORE_POWER_OFF_H
#define HV_CORE_POWER_OFF_H

#include "hv/core/cpu.h"

// Ports of the PM1 control registers (the second may be 0) and the sleep types to write there.
struct acpi_off {
	u16 port[2];
	u8 type[2];
};

// False when the tables are not there, or describe another way. Reads guest memory as CPU
// `c`.
bool acpi_find_off(struct cpu *c, u64 rsdp, struct acpi_off *off);

#endif
