// SPDX-License-Identifier: MIT
// The variable in which the loader counts starts that nobody confirmed (boot/place/attempts.h).
#ifndef TESSERACTL_ATTEMPTS_H
#define TESSERACTL_ATTEMPTS_H

#include <stdbool.h>

#define EFIVARS "/sys/firmware/efi/efivars"

// Deletes it; *count is what it said, 0 where there was none. False with errno set.
bool attempts_forget(unsigned int *count);

#endif
