// SPDX-License-Identifier: MIT
// The list of kernel symbols, which all commands share: it is read at the first use.
#ifndef TESSERACTL_KERNEL_SYMBOLS_H
#define TESSERACTL_KERNEL_SYMBOLS_H

#include "lib/tessera.h"

// NULL with errno set if /proc/kallsyms cannot be read.
const struct tessera_symbols *kernel_symbols(void);

void kernel_symbols_free(void);

#endif
