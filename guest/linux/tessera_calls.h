/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The hypercalls that only the driver makes; tessera.h has those for other modules. */
#ifndef TESSERA_CALLS_H
#define TESSERA_CALLS_H

#include "tessera.h"

u32 tessera_abi_version(void);

int tessera_batch(struct tessera_operation *operations, u32 count, u32 *failed);

int tessera_claim(u64 *key);
int tessera_release(void);
int tessera_lockdown(void);

int tessera_events_start(void *ring, u32 pages, u64 *records);
int tessera_events_stop(void);

#endif
