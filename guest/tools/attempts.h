// SPDX-License-Identifier: MIT
// The UEFI variable in which the loader counts unconfirmed starts (boot/place/attempts.h).
#ifndef TESSERACTL_ATTEMPTS_H
#define TESSERACTL_ATTEMPTS_H

#include <stdbool.h>

#define EFIVARS "/sys/firmware/efi/efivars"

// Deletes the variable. *count is its old value, 0 if it did not exist. False with errno set.
bool attempts_forget(unsigned int *count);

#endif
