// SPDX-License-Identifier: MIT
// Prints the loader's messages, one line at a time, on the firmware's console.
#ifndef BOOT_EFI_SAY_H
#define BOOT_EFI_SAY_H

#include <efi.h>

#include "hv/lib/types.h"

// Prints "tessera: ", the text and a line end. `format` is what hv/lib/format.h takes; a line
// longer than 240 characters is cut. Boot CPU only.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// UTF-16 as ASCII for say(): other characters become '?'. Returns `to`.
const char *say_text(char *to, u32 size, const CHAR16 *text);

// The name of an EFI status, such as "not found".
const char *say_status(EFI_STATUS status);

#endif
