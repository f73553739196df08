// SPDX-License-Identifier: MIT
// A place in memory, as options of a command or words of a policy file name it.
#ifndef TESSERACTL_PLACE_H
#define TESSERACTL_PLACE_H

#include "lib/tessera.h"
#include "tools/options.h"

#define WHY_SIZE 256

// Whether the options name one place: NULL, or what is wrong with them.
const char *place_fault(const struct options *o);

// Looks the place up. On false `why` says why it cannot be found.
bool place_find(const struct options *o, struct tessera_guard *guard, char why[WHY_SIZE]);

// Forgets what the lookups had to read.
void place_forget(void);

#endif
