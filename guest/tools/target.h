// SPDX-License-Identifier: MIT
// A target: memory that is named by the options of a command or the words of a policy file.
#ifndef TESSERACTL_TARGET_H
#define TESSERACTL_TARGET_H

#include "lib/tessera.h"
#include "tools/options.h"

// Checks that the options name one target. Returns NULL, or what is wrong with them.
const char *target_error(const struct options *o);

// Looks up the address and the length of the target. On false `why` says why that is impossible.
bool target_find(const struct options *o, struct tessera_guard *guard, char why[WHY_SIZE]);

#endif
