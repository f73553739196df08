// SPDX-License-Identifier: MIT
// Text as slices of a buffer that need not end with a zero: used for the config file and the load
// options. Pure.
#ifndef BOOT_CONFIG_TEXT_H
#define BOOT_CONFIG_TEXT_H

#include "hv/lib/types.h"

struct slice {
	const char *at;
	size_t size;
};

// The slice of a zero-terminated string.
struct slice slice_of(const char *text);

bool slice_equal(struct slice a, struct slice b);

// Without the blanks and control characters (tab, CR, NUL) at both ends.
struct slice slice_trim(struct slice s);

// Splits *rest at the first `separator`: returns what is before it and leaves what is after it.
// Without one, returns everything and leaves an empty slice whose `at` is NULL.
struct slice slice_cut(struct slice *rest, char separator);

// The next word of *rest, or an empty slice at its end.
struct slice slice_word(struct slice *rest);

// Whether every byte is a visible ASCII character or, if `blanks`, a space.
bool slice_printable(struct slice s, bool blanks);

// Copies at most size - 1 bytes and closes them with a zero. False if the text was cut.
bool slice_copy(char *to, size_t size, struct slice s);

// A slice that is one number, as number_parse takes it. Otherwise returns false and leaves *value.
bool slice_number(struct slice s, u64 *value);

// A range of bytes, START+LENGTH or START..END, as number_parse_range takes it, with blanks around
// it. If malformed, returns false and writes nothing.
bool slice_range(struct slice s, u64 *start, u64 *length);

#endif
