// SPDX-License-Identifier: MIT
// Numbers and address ranges as people write them.
#include "hv/console/shell/shell.h"

static const struct {
	char letter;
	u8 shift;
} suffixes[] = {
	{ 'k', 10 }, { 'K', 10 }, { 'm', 20 }, { 'M', 20 }, { 'g', 30 }, { 'G', 30 },
};

#define NO_DIGIT 16

static u32 digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (u32)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (u32)(c - 'a' + 10);
	if (c >= 'A' && c <= 'F')
		return (u32)(c - 'A' + 10);
	return NO_DIGIT;
}

static const char *read_digits(const char *text, u32 base, u64 *value)
{
	const char *first = text;
	u64 sum = 0;
	u32 digit;

	for (; (digit = digit_of(*text)) < base; text++) {
		if (sum > (UINT64_MAX - digit) / base)
			return NULL;
		sum = sum * base + digit;
	}
	*value = sum;
	return text == first ? NULL : text;
}

// Reads a number at the start of `text`. Returns what is behind it, or NULL.
static const char *read_number(const char *text, u64 *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

	text = hex ? read_digits(text + 2, 16, value) : read_digits(text, 10, value);
	for (u32 i = 0; text && i < ARRAY_SIZE(suffixes); i++) {
		if (*text != suffixes[i].letter)
			continue;
		if (*value >> (64 - suffixes[i].shift))
			return NULL;
		*value <<= suffixes[i].shift;
		return text + 1;
	}
	return text;
}

static bool read_whole_number(const char *text, u64 *value)
{
	const char *end = read_number(text, value);

	return end && !*end;
}

bool shell_number(const char *text, u64 *value)
{
	u64 number;

	if (!read_whole_number(text, &number))
		return false;
	*value = number;
	return true;
}

static bool read_length(const char *text, u64 start, u64 *length)
{
	return read_whole_number(text, length) && *length && *length - 1 <= UINT64_MAX - start;
}

static bool read_end(const char *text, u64 start, u64 *length)
{
	u64 end;

	if (!read_whole_number(text, &end) || end <= start)
		return false;
	*length = end - start;
	return true;
}

bool shell_range(const char *text, u64 *start, u64 *length)
{
	u64 first;
	u64 bytes = *length;
	const char *behind = read_number(text, &first);
	bool good;

	if (!behind)
		return false;
	if (behind[0] == '+')
		good = read_length(behind + 1, first, &bytes);
	else if (behind[0] == '.' && behind[1] == '.')
		good = read_end(behind + 2, first, &bytes);
	else
		good = !behind[0];
	if (!good)
		return false;
	*start = first;
	*length = bytes;
	return true;
}
