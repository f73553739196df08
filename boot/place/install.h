// SPDX-License-Identifier: MIT
// Installs Tessera on the EFI system partition, beside an operating system.
#ifndef BOOT_PLACE_INSTALL_H
#define BOOT_PLACE_INSTALL_H

#include "boot/efi/volume.h"

// Copies this program and a config to \EFI\tessera on a disk and puts it first in the boot order; a
// version that is there already is replaced, its config kept. `choice` is the number of a volume as
// shown by an earlier call, or "": then the only suitable disk, or a list of them.
// After an error nothing has changed, and the reason was printed.
EFI_STATUS install(const struct self *self, const char *choice);

// Removes all of that from every volume, and the count of starts.
EFI_STATUS install_undo(void);

#endif
