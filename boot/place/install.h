// SPDX-License-Identifier: MIT
// Living beside an operating system on its EFI system partition.
#ifndef BOOT_PLACE_INSTALL_H
#define BOOT_PLACE_INSTALL_H

#include "boot/efi/volume.h"

// Copies this program and a config to \EFI\tessera on a disk and puts it first in the boot order; a
// version that is there already is replaced, its config kept. `choice` is the number of a volume as
// shown by an earlier call, or "": then the only disk that comes into question, or a list of them.
// On an error everything is as it was, and why has been said.
EFI_STATUS install(const struct self *self, const char *choice);

// Takes all of that away again, from every volume, together with the count of starts.
EFI_STATUS install_undo(void);

#endif
