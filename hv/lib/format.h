// SPDX-License-Identifier: MIT
// A small printf: %d %u %x %llx %lu %s %c %p %%, width, '-', '0', and 'l'/'ll'. Nothing else, and
// no floating point.
#ifndef HV_LIB_FORMAT_H
#define HV_LIB_FORMAT_H

#include <stdarg.h>

#include "hv/lib/types.h"

// Writes at most size bytes, the closing zero included; returns the length it would have needed.
u32 format(char *to, u32 size, const char *format, ...) __attribute__((format(printf, 3, 4)));
u32 format_list(char *to, u32 size, const char *format, va_list list)
	__attribute__((format(printf, 3, 0)));

#endif
