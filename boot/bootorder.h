// SPDX-License-Identifier: MIT
// The firmware's own list of what to boot. UEFI specification, "Boot Manager".
#ifndef BOOT_BOOTORDER_H
#define BOOT_BOOTORDER_H

#include "boot/start.h"

// Starts the active boot entries behind the one that started us, one after the other, as firmware
// would: those for operating systems, or those that are a part of the firmware (its shell, say),
// which are for when nothing else is left. Returns when each of them was missing, refused, or came
// back.
void bootorder_start(const struct self *self, bool firmware);

#endif
