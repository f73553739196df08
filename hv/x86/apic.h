// SPDX-License-Identifier: MIT
// The local APIC. It belongs to the guest; Tessera sends NMIs and SIPIs with it and resets it at
// INIT.
#ifndef HV_X86_APIC_H
#define HV_X86_APIC_H

#include "hv/lib/types.h"

// Takes the mapping of the local APIC's page (apic_page), uncached. Once, on the BSP.
void apic_init(volatile void *page);

// This CPU's APIC ID.
u32 apic_id(void);

// The physical address of the local APIC's page.
u64 apic_page(void);

// One 32-bit register of the xAPIC page, by its offset.
#define APIC_ICR_LOW  0x300
#define APIC_ICR_HIGH 0x310
u32 apic_read(u32 offset);
void apic_write(u32 offset, u32 value);

// Whether this CPU's APIC is in x2APIC mode.
bool apic_is_x2apic(void);

// The state of an APIC that the guest has disabled: passes the pins INTR and NMI on, and takes no
// other interrupts but NMI, SMI, INIT and SIPI.
void apic_pass_pins(void);

// The state after a reset, as far as registers can be written. In xAPIC mode.
void apic_reset(void);

// Whether this CPU has one of the logical IDs in the message address `mda`. In xAPIC mode.
bool apic_has_logical_id(u32 mda);

#define APIC_SIPI (6U << 8 | 1U << 14) // with the vector

// Sends an interrupt command (the low half of the ICR, destination by APIC ID) in whichever mode
// (xAPIC, x2APIC) this CPU's APIC is. Restores the upper half of the ICR, which the guest may have
// written already.
void apic_send(u32 id, u32 command);

// Sends an NMI to the CPU with that APIC ID.
void apic_send_nmi(u32 id);

#endif
