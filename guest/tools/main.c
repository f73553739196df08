// SPDX-License-Identifier: MIT
// tesseractl: says what the hypervisor guards, and changes it.
#include "tools/run.h"

int main(int argc, char **argv)
{
	return tesseractl_main(argc, argv);
}
