// SPDX-License-Identifier: MIT
// The firmware's boot entries, through efibootmgr. Functions that fail have printed the reason.
#ifndef TESSERACTL_BOOTENTRY_H
#define TESSERACTL_BOOTENTRY_H

#include <stdbool.h>

#include "tools/esp.h"

#define BOOT_LABEL       "Tessera"
#define BOOT_LOADER      "\\EFI\\tessera\\tessera.efi" // as the loader's own `install` names it

#define BOOT_NUMBER_SIZE 5 // four hexadecimal digits and a zero

// Finds the entry that starts our loader; `number` is "" without one. False if efibootmgr
// fails.
bool bootentry_find(char number[BOOT_NUMBER_SIZE]);

// Creates an entry for our loader, first in the boot order.
bool bootentry_make(const struct esp *esp, char number[BOOT_NUMBER_SIZE]);

bool bootentry_delete(const char *number);

#endif
