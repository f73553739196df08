// SPDX-License-Identifier: MIT
// The two ways around Tessera: a key, and too many starts that went wrong.
#ifndef BOOT_PLACE_BYPASS_H
#define BOOT_PLACE_BYPASS_H

#include "boot/config/config.h"

// Whether this boot goes without Tessera, and if so, says why. Waits for ESC as long as the config
// says. Never with required = yes: who can make three starts fail, or reach the keyboard, would
// otherwise be rid of the protection.
bool bypass_wanted(const struct config *config);

#endif
