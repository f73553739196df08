// SPDX-License-Identifier: MIT
// The ring of recent events: what the console shows. Any CPU writes, without a lock and without
// formatting; the console's CPU reads when it has time.
#ifndef HV_CORE_EVENT_H
#define HV_CORE_EVENT_H

#include "hv/lib/types.h"
#include "tessera/hypercall.h"

#define EVENTS_KEPT 512

// Records *e, giving it its sequence number. Root mode, any CPU.
void events_add(struct tessera_event *e);

// The number of the last event, 0 before the first.
u32 events_last(void);

// Copies event `sequence`. False when it is not written yet or was overwritten already.
bool events_get(u32 sequence, struct tessera_event *e);

// Forgets all of them.
void events_clear(void);

#endif
