/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// Calls whose answer is a struct: their second argument is where it goes.
#ifndef TESSERA_FILL_H
#define TESSERA_FILL_H

#include <linux/types.h>

#include "vmcall.h"

// Makes such a call and copies what it wrote to `data`. It gets a buffer of our own: the caller's
// may lie on a stack, which need not be physically contiguous. May sleep.
struct tessera_result fill(enum tessera_call call, u64 first, u64 third, u64 fourth, void *data,
			   size_t size);

#endif
