// SPDX-License-Identifier: MIT
// Runs on the build machine: prints the tessera.conf that `install` would write.
#include <stdio.h>

#include "boot/config/config.h"

int main(void)
{
	static char sample[8192];

	config_sample(sample, sizeof(sample));
	fputs(sample, stdout);
	return 0;
}
