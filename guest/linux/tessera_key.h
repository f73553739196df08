/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The key of the hypervisor. Only the key holder can change the policy. The key never leaves the
 * driver.
 */
#ifndef TESSERA_KEY_H
#define TESSERA_KEY_H

#include <linux/types.h>

u64 tessera_key(void);
int tessera_key_claim(void);
int tessera_key_release(void);
int tessera_key_lockdown(void);

#endif
