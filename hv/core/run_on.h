// SPDX-License-Identifier: MIT
// Runs a function on another CPU for the console, since a VMCS can be read on its own CPU only. The
// console does not wait but polls for the end. One request at a time.
#ifndef HV_CORE_RUN_ON_H
#define HV_CORE_RUN_ON_H

#include "hv/core/cpu.h"

typedef void (*run_on_work)(struct cpu *c);

// Has CPU `c` call `work` before it enters its guest again, or while it is frozen or parked. False
// if it runs no guest (offline, waiting for its SIPI), or if the CPU of the last request does not
// come to an end. Cancels a request that is still open. On the CPU that serves the operator, in
// root mode.
bool run_on(struct cpu *c, run_on_work work);

// True when the work is done; otherwise kicks the CPU.
bool run_on_done(struct cpu *c);

// Runs the request, on the CPU that it names: with WORK_RUN_ON set, or from a loop in root mode.
void run_on_execute(struct cpu *c);

#endif
