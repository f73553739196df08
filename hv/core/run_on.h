// SPDX-License-Identifier: MIT
// Runs a function on another CPU for the console: a VMCS can be read on its own CPU only. Nobody
// waits: the shell polls for the end. One request at a time.
#ifndef HV_CORE_RUN_ON_H
#define HV_CORE_RUN_ON_H

#include "hv/core/cpu.h"

typedef void (*run_on_work)(struct cpu *c);

// Has CPU `c` call `work` before it enters its guest again, or while it is frozen or parked. False
// when it runs no guest (offline, waiting for its SIPI). A request that is still open is taken
// back. On the CPU that serves the operator, in root mode.
bool run_on(struct cpu *c, run_on_work work);

// True when the work is done. While it is not, forces the CPU out of its guest.
bool run_on_done(struct cpu *c);

// On the CPU that is asked, with WORK_RUN_ON set or in a loop of its own.
void run_on_answer(struct cpu *c);

#endif
