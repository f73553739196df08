// SPDX-License-Identifier: MIT
// Reads from the firmware's tables how to switch the machine off. ACPI: "Fixed ACPI Description
// Table (FADT)",
// "\_Sx (System States)", "PM1 Control Registers". The tables lie in the guest's memory and the
// guest may have changed them: they are checked, and wrong contents lead to a port write without
// effect at worst.
#ifndef HV_CORE_POWER_OFF_H
#define HV_CORE_POWER_OFF_H

#include "hv/core/cpu.h"

// Ports of the PM1 control registers (the second may be 0) and the sleep types to write there.
struct acpi_off {
	u16 port[2];
	u8 type[2];
};

// False if the tables are missing or describe another way. Reads guest memory as CPU `c`.
bool acpi_find_off(struct cpu *c, u64 rsdp, struct acpi_off *off);

#endif
