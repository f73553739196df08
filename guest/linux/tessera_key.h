/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// The claim: whoever holds the hypervisor's key may change the policy. It never leaves the driver.
#ifndef TESSERA_KEY_H
#define TESSERA_KEY_H

#include <linux/types.h>

// What calls carry: our key, or 0.
u64 tessera_key(void);

// EEXIST: we hold the key already; EACCES: somebody else does.
int tessera_key_claim(void);

// ENOENT: nobody holds it; EACCES: somebody else does.
int tessera_key_release(void);

// Refuses all changes until reset. No guard ends any more, and neither does the driver.
int tessera_key_lockdown(void);

#endif
