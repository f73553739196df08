// SPDX-License-Identifier: MIT
// Whether the firmware verifies what it starts.
#ifndef BOOT_EFI_SECURE_BOOT_H
#define BOOT_EFI_SECURE_BOOT_H

#include "hv/lib/types.h"

// The global variable SecureBoot ("Globally Defined Variables", UEFI specification). Boot services
// must be there.
bool secure_boot_is_on(void);

#endif
