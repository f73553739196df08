// SPDX-License-Identifier: MIT
// A VM on the host for the commands: the real policy, map and pool, and CPUs made of
// counters.
#ifndef FAKE_VM_H
#define FAKE_VM_H

#include <setjmp.h>

#include "hv/core/vm.h"

#define FAKE_POOL_SIZE (16ULL << 20)
#define FAKE_POOL_PA   0x800000000ULL
#define FAKE_CPUS      4

// Makes vm0 anew, with a block hidden at FAKE_POOL_PA. The pool can be made as small as need be.
void fake_vm_make(bool hardware, u64 pool_size);

// Where machine_reset goes.
extern jmp_buf fake_reset;

// What the next snapshots hold in a field, instead of its number.
void snapshot_set(u32 encoding, u64 value);

// Changes of the policy that came through vm_*.
extern u32 fake_changes;

// The CPU that never runs what the console asks of it; FAKE_CPUS = none.
extern u32 fake_silent_cpu;

#endif
