// SPDX-License-Identifier: MIT
// The local APIC, in whichever mode it is: firmware leaves it in xAPIC mode.
#ifndef AGENT_APIC_H
#define AGENT_APIC_H

#include "hv/lib/types.h"

#define APIC_BASE 0xfee00000U

// The low half of an interrupt command.
#define APIC_FIXED   0x4000U
#define APIC_NMI     0x4400U
#define APIC_INIT    0x4500U
#define APIC_STARTUP 0x4600U
#define APIC_LOGICAL 0x800U
#define APIC_SELF    0x40000U // shorthand: the destination does not count
#define APIC_OTHERS  0xc0000U

#define WAKE_VECTOR  0x50 // gets a CPU out of HLT and does nothing else
#define TEST_VECTOR  0x60 // what scenarios send

u32 apic_id(void);

// No interrupt but those that are sent with apic_send.
void apic_quiet(void);

// Sends and waits until the APIC has sent.
void apic_send(u32 to, u32 command);

// Sends two commands `delay` instructions apart, and does not wait for anything.
struct apic_pair {
	u32 to, first;
	u32 then_to, second;
};
void apic_send_pair(struct apic_pair p, u32 delay);

// Switches this CPU's APIC to x2APIC mode, for good.
void apic_to_x2apic(void);

// Sets this CPU's logical ID (flat model, xAPIC mode).
void apic_set_logical_id(u32 id);

// An interrupt every so many ticks of the bus, until the next call. 0 ticks: no more.
void apic_timer(u32 vector, u32 ticks);

// The end of the interrupt in service, if there is one.
void apic_done(void);

#endif
