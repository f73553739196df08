// SPDX-License-Identifier: MIT
// Which loader comes after this one.
#ifndef BOOT_EFI_CHAIN_H
#define BOOT_EFI_CHAIN_H

#include "boot/efi/start.h"

// Starts `next` (zero-terminated ASCII, "" = not given) where it is found first: on our volume,
// else on others. Without it, or when it is missing or comes back: the entries after ours in the
// firmware's boot order; then well-known loaders, on our volume and on others. Never this loader.
// Returns when nothing is left, which is said.
void chain_start(const struct self *self, const char *next);

#endif
