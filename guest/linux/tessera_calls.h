/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// The hypercalls that only the driver makes; those for other modules are in tessera.h. All of them
// are made in tessera_calls.c. Each returns 0 or a negative errno, and works in any context unless
// it says otherwise.
#ifndef TESSERA_CALLS_H
#define TESSERA_CALLS_H

#include "tessera.h"

// The ABI version of the hypervisor below this kernel, 0 where that is not Tessera.
u32 tessera_abi_version(void);

// Makes the caller the holder of the key, which is stored in *key. EEXIST: the driver holds it
// already; EACCES: another agent does.
int tessera_claim(u64 *key);

// Gives the key back. ENOENT: nobody holds it; EACCES: another agent does.
int tessera_release(void);

// Refuses all changes of the policy until reset.
int tessera_lockdown(void);

// Hands `pages` pages at `ring` to the hypervisor as its event ring. *records is how many records
// fit.
int tessera_events_start(void *ring, u32 pages, u64 *records);

// Takes the ring back. ENOENT: the hypervisor has none.
int tessera_events_stop(void);

#endif
