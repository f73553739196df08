// SPDX-License-Identifier: MIT
#include "tools/kernel_symbols.h"

#include <stddef.h>

static struct tessera_symbols *symbols;

const struct tessera_symbols *kernel_symbols(void)
{
	if (!symbols)
		symbols = tessera_symbols_read();
	return symbols;
}

void kernel_symbols_free(void)
{
	tessera_symbols_free(symbols);
	symbols = NULL;
}
