// SPDX-License-Identifier: MIT
// What `install` did on this machine, in a file, so that `remove` undoes exactly that.
#ifndef TESSERACTL_INSTALLED_H
#define TESSERACTL_INSTALLED_H

#include <stdbool.h>

struct installed {
	char esp[256];
	bool config; // the settings are ours
	bool folder; // so is the folder EFI
};

// False when nothing is installed.
bool installed_read(struct installed *i);
bool installed_write(const struct installed *i);
void installed_forget(void);

#endif
