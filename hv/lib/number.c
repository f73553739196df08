// SPDX-License-Identifier: MIT
#include "hv/lib/number.h"

#define NO_DIGIT 16
#define LOWER    0x20 // the bit that is set in lower-case letters only

static u32 digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (u32)(c - '0');
	c |= LOWER;
	return c >= 'a' && c <= 'f' ? (u32)(c - 'a') + 10 : NO_DIGIT;
}

static u32 suffix_shift(char c)
{
	switch (c | LOWER) {
	case 'k':
		return 10;
	case 'm':
		return 20;
	case 'g':
		return 30;
	}
	return 0;
}

const char *number_read(const char *text, size_t size, u64 *value)
{
	const char *end = text + size;
	bool hex = size > 1 && text[0] == '0' && (text[1] | LOWER) == 'x';
	const char *first = hex ? text + 2 : text;
	u32 base = hex ? 16 : 10, digit, shift;
	u64 sum = 0;

	for (text = first; text < end && (digit = digit_value(*text)) < base; text++)
		if (__builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return NULL;
	if (text == first)
		return NULL;
	shift = text < end ? suffix_shift(*text) : 0;
	if (sum << shift >> shift != sum)
		return NULL;
	*value = sum << shift;
	return text + (shift != 0);
}

bool number_parse(const char *text, size_t size, u64 *value)
{
	u64 number;

	if (number_read(text, size, &number) != text + size)
		return false;
	*value = number;
	return true;
}

bool number_parse_range(const char *text, size_t size, u64 *start, u64 *length)
{
	const char *end = text + size, *rest;
	u64 first, second;
	bool plus;

	rest = number_read(text, size, &first);
	if (!rest)
		return false;
	if (rest < end) {
		plus = *rest == '+';
		if (!plus && (end - rest < 2 || rest[0] != '.' || rest[1] != '.'))
			return false;
		rest += plus ? 1 : 2;
		if (!number_parse(rest, (size_t)(end - rest), &second))
			return false;
		if (plus ? !second || second - 1 > ~first : second <= first)
			return false;
		*length = plus ? second : second - first;
	}
	*start = first;
	return true;
}
