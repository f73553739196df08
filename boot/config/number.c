// SPDX-License-Identifier: MIT
// Numbers as people write them: 4096, 0x1000, 4K.
#include "boot/config/text.h"

static const struct {
	char letter;
	u8 shift;
} suffixes[] = { { 'K', 10 }, { 'M', 20 }, { 'G', 30 } };

// Takes the suffix off *s and returns by how many bits it shifts.
static u32 take_suffix(struct slice *s)
{
	for (u32 i = 0; s->size && i < ARRAY_SIZE(suffixes); i++) {
		if ((s->at[s->size - 1] & ~0x20) == suffixes[i].letter) {
			s->size--;
			return suffixes[i].shift;
		}
	}
	return 0;
}

static u32 take_base(struct slice *s)
{
	if (s->size < 2 || s->at[0] != '0' || (s->at[1] | 0x20) != 'x')
		return 10;
	s->at += 2;
	s->size -= 2;
	return 16;
}

// The digit's value; 16 when it is none.
static u32 digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (u32)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (u32)(c - 'a') + 10 : 16;
}

bool slice_number(struct slice s, u64 *value)
{
	u32 shift = take_suffix(&s);
	u32 base = take_base(&s);
	u64 sum = 0;

	if (!s.size)
		return false;
	for (size_t i = 0; i < s.size; i++) {
		u32 digit = digit_value(s.at[i]);

		if (digit >= base || __builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return false;
	}
	if (sum << shift >> shift != sum)
		return false;
	*value = sum << shift;
	return true;
}

bool slice_range(struct slice s, u64 *start, u64 *length)
{
	struct slice first = slice_cut(&s, '+');
	u64 from, bytes;

	if (!slice_number(slice_trim(first), &from) || !slice_number(slice_trim(s), &bytes))
		return false;
	if (bytes == 0 || from + bytes - 1 < from)
		return false;
	*start = from;
	*length = bytes;
	return true;
}
