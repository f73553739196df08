// SPDX-License-Identifier: MIT
// The one thing we do with the local APIC: send an NMI. The guest owns it and never notices.
#ifndef HV_APIC_H
#define HV_APIC_H

#include "hv/types.h"

// Maps the local APIC's page. False without memory for the tables. Once, on the BSP.
bool apic_init(void);

// This processor's APIC ID.
u32 apic_id(void);

// Sends an NMI to the processor with that APIC ID, in whichever mode (xAPIC, x2APIC) this
// processor's APIC is. An ICR half that the guest has written but not used yet is put back.
void apic_send_nmi(u32 id);

#endif
