// SPDX-License-Identifier: MIT
// Finds and reads tessera.conf, and reports what is wrong in it.
#ifndef BOOT_CONFIG_SETTINGS_H
#define BOOT_CONFIG_SETTINGS_H

#include "boot/config/config.h"
#include "boot/efi/volume.h"

// Reads tessera.conf beside this program, else \EFI\tessera\tessera.conf on its volume, over the
// defaults. Reports and skips what is missing or wrong.
void settings_read(const struct self *self, struct config *config);

#endif
