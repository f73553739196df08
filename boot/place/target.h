// SPDX-License-Identifier: MIT
// Where install puts Tessera.
#ifndef BOOT_PLACE_TARGET_H
#define BOOT_PLACE_TARGET_H

#include "boot/efi/volume.h"

// The volume that a person means: partitions with an \EFI folder come into question. `choice` is a
// number of their list, counted from 1; "" stands for the only one besides our own volume, or for
// our own when there is no other. NULL when that is not clear; then the list is shown.
EFI_HANDLE target_choose(const struct self *self, const char *choice);

#endif
