// SPDX-License-Identifier: MIT
// The part of the PE format that is needed to recognize a copy of this loader by its contents.
// Pure.
#ifndef BOOT_EFI_PE_H
#define BOOT_EFI_PE_H

#include "hv/lib/types.h"

#define PE_OWN_SECTION ".tessera" // holds the hypervisor, in this program alone

// Whether the PE file or loaded image whose first `size` bytes these are has a section of that
// name, 8 characters at most. False if it is not a PE file.
bool pe_has_section(const u8 *image, size_t size, const char *name);

#endif
