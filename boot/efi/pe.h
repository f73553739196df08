// SPDX-License-Identifier: MIT
// Just enough of the PE format to know a copy of this loader by, whatever its name. Pure.
#ifndef BOOT_EFI_PE_H
#define BOOT_EFI_PE_H

#include "hv/lib/types.h"

#define PE_OWN_SECTION ".tessera" // holds the hypervisor, in this program alone

// Whether the PE file or loaded image whose first `size` bytes these are has a section of that
// name, 8 characters at most. False for what is no PE.
bool pe_has_section(const u8 *image, size_t size, const char *name);

#endif
