// SPDX-License-Identifier: MIT
// What `install` did on this machine, in a file, so that `remove` undoes exactly that.
#ifndef TESSERACTL_INSTALL_RECORD_H
#define TESSERACTL_INSTALL_RECORD_H

#include <stdbool.h>

struct installed {
	char esp[256];
	bool config; // the settings are ours
	bool folder; // so is the folder EFI
};

// False when nothing is installed.
bool install_record_read(struct installed *i);
bool install_record_write(const struct installed *i);
void install_record_delete(void);

#endif
