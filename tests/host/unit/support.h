// SPDX-License-Identifier: MIT
// What the unit tests share: cmocka's includes, pools on the host, a repeatable random source.
#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hv/lib/pool.h"
#include "tessera/hypercall.h"

// Where the pools' pages are said to be in physical memory: unlike their addresses on the host, and
// below 2 GiB, so that the smallest machine of the tests has it.
#define POOL_PA 0x60000000ULL

struct pool *pool_new(u32 pages);
void pool_delete(struct pool *p);

// xorshift64*, seeded from TESSERA_SEED or the given default; prints the seed once.
u64 seed_random(const char *what, u64 seed);
u64 random64(void);
u64 random_below(u64 limit);

// A number below limit whose magnitude, rather than whose value, is uniform.
u64 random_log(u64 limit);

#endif
