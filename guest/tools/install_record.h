// SPDX-License-Identifier: MIT
// A file that records what `install` created on this machine, so that `remove` deletes exactly
// that.
#ifndef TESSERACTL_INSTALL_RECORD_H
#define TESSERACTL_INSTALL_RECORD_H

#include <stdbool.h>

struct installed {
	char esp[256];
	bool config; // tessera.conf was created by us
	bool folder; // the folder EFI was created by us
};

// False if tesseractl has installed nothing.
bool install_record_read(struct installed *i);
bool install_record_write(const struct installed *i);
void install_record_delete(void);

#endif
