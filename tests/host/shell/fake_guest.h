// SPDX-License-Identifier: MIT
// What the guest on the host has, for tests to fill.
#ifndef FAKE_GUEST_H
#define FAKE_GUEST_H

#include "hv/core/event.h"
#include "hv/core/power_off.h"

#define FAKE_RAM_SIZE (4ULL << 20) // from 0 on

extern u8 fake_ram[FAKE_RAM_SIZE];

// The number of the last event; each can be had as long as the ring would keep it.
extern u32 fake_events;

// What machine_off was told.
extern struct acpi_off fake_off;

#endif
