// SPDX-License-Identifier: MIT
#include <stdio.h>

#include "lib/tessera.h"
#include "tools/run.h"

int run_version(int fd, const struct options *o)
{
	(void)fd;
	(void)o;
	printf("tesseractl " TESSERA_VERSION ", for hypervisor ABI %d\n", TESSERA_ABI_VERSION);
	return DONE;
}
