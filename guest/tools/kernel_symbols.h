// SPDX-License-Identifier: MIT
// The kernel's symbols, which are read at the first use and shared by all commands.
#ifndef TESSERACTL_KERNEL_SYMBOLS_H
#define TESSERACTL_KERNEL_SYMBOLS_H

#include <stdbool.h>

#include "lib/tessera.h"

#define SYMBOL_TEXT_SIZE 352

// NULL with errno set if /proc/kallsyms cannot be read. Valid until kernel_symbols_free() or the
// next call of kernel_symbol_text().
const struct tessera_symbols *kernel_symbols(void);

// Writes the symbol that an address lies in as the kernel does: "name+0x10 [module]". False, with
// an empty text, if it is missing or the kernel hides its addresses.
bool kernel_symbol_text(uint64_t address, char text[SYMBOL_TEXT_SIZE]);

void kernel_symbols_free(void);

#endif
