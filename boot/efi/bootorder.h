// SPDX-License-Identifier: MIT
// The boot order of the firmware. UEFI specification, "Boot Manager".
#ifndef BOOT_EFI_BOOTORDER_H
#define BOOT_EFI_BOOTORDER_H

#include "boot/efi/start.h"

// Starts the active boot entries after the one that started us, one after the other, as firmware
// would. Parts of the firmware, such as its shell, are left to it: it continues with them
// when this loader returns. Returns if every entry was missing, was refused, or returned.
void bootorder_start(const struct self *self);

#endif
