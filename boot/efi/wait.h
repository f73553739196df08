// SPDX-License-Identifier: MIT
// Waiting for a person.
#ifndef BOOT_EFI_WAIT_H
#define BOOT_EFI_WAIT_H

#include <efi.h>

#include "hv/lib/types.h"

// Waits for any key, `seconds` at most. False, and *key untouched, when none came.
bool wait_for_key(u32 seconds, EFI_INPUT_KEY *key);

#endif
