// SPDX-License-Identifier: MIT
// What only a processor itself can do (its VMCS is its own), asked of it from the console. Nobody
// waits: the shell comes back and looks. One question at a time in all.
#ifndef HV_CORE_RUN_ON_H
#define HV_CORE_RUN_ON_H

#include "hv/core/cpu.h"

typedef void (*ask_work)(struct cpu *c);

// Has processor `c` call `work` before it enters its guest again, or while it stands or is parked.
// False when it runs no guest (offline, waiting for its SIPI). A question that is still open is
// taken back. The console's processor in root mode.
bool ask(struct cpu *c, ask_work work);

// True when the work is done. While it is not, forces the processor out of its guest.
bool ask_done(struct cpu *c);

// On the processor that is asked, with WORK_ASK set or in a loop of its own.
void ask_answer(struct cpu *c);

#endif
