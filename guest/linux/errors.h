/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// Tessera's errors in Linux's numbers.
#ifndef TESSERA_ERRORS_H
#define TESSERA_ERRORS_H

#include <linux/types.h>

// No claim is made by this driver, so no call carries a key.
#define NO_KEY 0

int to_errno(s64 error);

#endif
