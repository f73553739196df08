// SPDX-License-Identifier: MIT
// tesseractl: shows and changes what the Tessera hypervisor protects.
#include "tools/run.h"

int main(int argc, char **argv)
{
	return tesseractl_main(argc, argv);
}
