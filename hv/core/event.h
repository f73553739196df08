// SPDX-License-Identifier: MIT
// The ring of recent events, which the console shows. Any CPU writes, without a lock and without
// formatting; the console's CPU reads when it polls.
#ifndef HV_CORE_EVENT_H
#define HV_CORE_EVENT_H

#include "hv/lib/types.h"
#include "tessera/hypercall.h"

#define EVENTS_KEPT 512

// Records *e and sets its sequence number. Any CPU in root mode.
void events_add(struct tessera_event *e);

// The sequence number of the last event, 0 before the first.
u32 events_last(void);

// Copies event `sequence`. False if it is not written yet or was overwritten.
bool events_get(u32 sequence, struct tessera_event *e);

#endif
