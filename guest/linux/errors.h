/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// Tessera's errors in Linux's numbers.
#ifndef TESSERA_ERRORS_H
#define TESSERA_ERRORS_H

#include <linux/types.h>

int to_errno(s64 error);

#endif
