// SPDX-License-Identifier: MIT
// The firmware's own list of what to boot. UEFI specification, "Boot Manager".
#ifndef BOOT_EFI_BOOTORDER_H
#define BOOT_EFI_BOOTORDER_H

#include "boot/efi/start.h"

// Starts the active boot entries behind the one that started us, one after the other, as firmware
// would. Parts of the firmware, such as its shell, are left to it: it goes on with them by itself
// when this loader returns. Returns when each entry was missing, refused, or came back.
void bootorder_start(const struct self *self);

#endif
