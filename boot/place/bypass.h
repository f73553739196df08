// SPDX-License-Identifier: MIT
// The two ways to boot without Tessera: a key, and too many failed starts.
#ifndef BOOT_PLACE_BYPASS_H
#define BOOT_PLACE_BYPASS_H

#include "boot/config/config.h"

// Whether this boot skips Tessera; prints why. Waits for ESC as long as the config says. Always
// false with required = yes: otherwise anyone who can make three starts fail, or reach the
// keyboard, could remove the protection.
bool bypass_wanted(const struct config *config);

#endif
