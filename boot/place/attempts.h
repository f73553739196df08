// SPDX-License-Identifier: MIT
// Counts consecutive starts of Tessera that no system confirmed, in non-volatile memory. After
// ATTEMPTS_MAX the system is started without Tessera, so that no error locks the user out.
#ifndef BOOT_PLACE_ATTEMPTS_H
#define BOOT_PLACE_ATTEMPTS_H

#include "boot/config/config.h"

#define ATTEMPTS_MAX 3

// The variable that holds the number, one byte. A running system confirms by deleting it, in Linux
// /sys/firmware/efi/efivars/TesseraAttempts-7e55e7a0-626f-6f74-8000-000000000001.
#define ATTEMPTS_NAME L"TesseraAttempts"
#define ATTEMPTS_GUID                                \
	{                                            \
		0x7e55e7a0, 0x626f, 0x6f74,          \
		{                                    \
			0x80, 0, 0, 0, 0, 0, 0, 0x01 \
		}                                    \
	}

// Starts so far without a confirmation. 0 if the firmware cannot tell.
u32 attempts_count(void);

// Counts the start that follows, and arranges its confirmation as the config says.
void attempts_begin(enum config_confirm confirm);

// Resets the count: the start was confirmed, or did not happen.
void attempts_forget(void);

#endif
