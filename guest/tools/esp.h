// SPDX-License-Identifier: MIT
// The EFI system partition: where it is mounted, and on which disk it lies.
#ifndef TESSERACTL_ESP_H
#define TESSERACTL_ESP_H

#include <stdbool.h>

struct esp {
	char folder[256]; // where it is mounted
	char disk[80];    // its disk's device, say /dev/nvme0n1
	char part[12];    // its number there
};

// Finds it; `wanted` is where it is mounted, or NULL for the usual places. On false it has been
// said why.
bool esp_find(struct esp *esp, const char *wanted);

#endif
