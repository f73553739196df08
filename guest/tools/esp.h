// SPDX-License-Identifier: MIT
// The EFI system partition: where it is mounted, and on which disk it lies.
#ifndef TESSERACTL_ESP_H
#define TESSERACTL_ESP_H

#include <stdbool.h>

struct esp {
	char folder[256]; // where it is mounted
	char disk[80];    // the device of its disk, for example /dev/nvme0n1
	char part[12];    // its number on that disk
};

// Finds the partition at the mount point `wanted`, or at a usual one if that is NULL. On false the
// reason has been printed.
bool esp_find(struct esp *esp, const char *wanted);

#endif
