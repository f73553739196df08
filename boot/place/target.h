// SPDX-License-Identifier: MIT
// Chooses the volume on which install puts Tessera.
#ifndef BOOT_PLACE_TARGET_H
#define BOOT_PLACE_TARGET_H

#include "boot/efi/volume.h"

// The chosen volume; partitions with an \EFI folder are suitable. `choice` is a number in their
// list, from 1; "" means the only one besides our own volume, or our own if there is no other. If
// that is ambiguous, prints the list and returns NULL.
EFI_HANDLE target_choose(const struct self *self, const char *choice);

#endif
