// SPDX-License-Identifier: MIT
// Calls with nonsense from any number of CPUs at once. A CHECK fails where an answer is not one of
// the errors, or where Tessera is not as it was.
#ifndef AGENT_NONSENSE_H
#define AGENT_NONSENSE_H

#include "hv/lib/types.h"

// On the first CPU. The hidden block's address and size are needed for calls that name it.
void nonsense_begin(u64 hidden, u64 size);

// One call and one store on this CPU, with numbers of random64(). Returns a bit for the error.
u64 nonsense_step(void);

// On the first CPU, when the others rest: takes back what the calls did, and compares.
void nonsense_end(void);

#endif
