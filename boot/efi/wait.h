// SPDX-License-Identifier: MIT
// Waits for a key.
#ifndef BOOT_EFI_WAIT_H
#define BOOT_EFI_WAIT_H

#include <efi.h>

#include "hv/lib/types.h"

// Waits for any key, `seconds` at most. If no key is pressed, returns false and leaves *key.
bool wait_for_key(u32 seconds, EFI_INPUT_KEY *key);

#endif
