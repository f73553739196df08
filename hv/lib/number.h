// SPDX-License-Identifier: MIT
// Numbers and ranges as people write them in tessera.conf and on the console. Pure.
#ifndef HV_LIB_NUMBER_H
#define HV_LIB_NUMBER_H

#include "hv/lib/types.h"

// Reads a number at the start of the `size` bytes at `text`: decimal, or hexadecimal after 0x; K, M
// or G after it multiplies by 2^10, 2^20 or 2^30. Returns the address of the first byte after it.
// NULL, with *value unchanged, if there is no number or it exceeds 64 bits.
const char *number_read(const char *text, size_t size, u64 *value);

// The same for text that is only a number; otherwise false, with *value unchanged.
bool number_parse(const char *text, size_t size, u64 *value);

// Reads a range of bytes: START+LENGTH, START..END (END excluded), or START alone, which leaves
// *length as it is. The length is not 0 and the range ends at or before 2^64. False, and nothing
// written, when the text is anything else.
bool number_parse_range(const char *text, size_t size, u64 *start, u64 *length);

#endif
