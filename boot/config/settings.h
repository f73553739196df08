// SPDX-License-Identifier: MIT
// Finding tessera.conf and saying what is wrong with it.
#ifndef BOOT_CONFIG_SETTINGS_H
#define BOOT_CONFIG_SETTINGS_H

#include "boot/config/config.h"
#include "boot/efi/volume.h"

// Reads tessera.conf beside this program, else \EFI\tessera\tessera.conf on its volume, over the
// defaults. What is missing or wrong is said and left out.
void settings_read(const struct self *self, struct config *config);

#endif
