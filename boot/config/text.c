// SPDX-License-Identifier: MIT
#include "boot/config/text.h"
#include "hv/lib/number.h"
#include "hv/lib/string.h"

static bool is_blank(char c)
{
	return (u8)c <= ' ';
}

struct slice slice_of(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

bool slice_equal(struct slice a, struct slice b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

struct slice slice_trim(struct slice s)
{
	while (s.size && is_blank(s.at[0])) {
		s.at++;
		s.size--;
	}
	while (s.size && is_blank(s.at[s.size - 1]))
		s.size--;
	return s;
}

struct slice slice_cut(struct slice *rest, char separator)
{
	struct slice head = { rest->at, 0 };

	while (head.size < rest->size && head.at[head.size] != separator)
		head.size++;
	if (head.size == rest->size)
		*rest = (struct slice){ NULL, 0 };
	else
		*rest = (struct slice){ head.at + head.size + 1, rest->size - head.size - 1 };
	return head;
}

struct slice slice_word(struct slice *rest)
{
	struct slice all = slice_trim(*rest);
	struct slice word = { all.at, 0 };

	while (word.size < all.size && !is_blank(word.at[word.size]))
		word.size++;
	*rest = (struct slice){ all.at + word.size, all.size - word.size };
	return word;
}

bool slice_printable(struct slice s, bool blanks)
{
	for (size_t i = 0; i < s.size; i++)
		if (s.at[i] < (blanks ? ' ' : '!') || s.at[i] > '~')
			return false;
	return true;
}

bool slice_copy(char *to, size_t size, struct slice s)
{
	size_t n = MIN(s.size, size - 1);

	if (n)
		memcpy(to, s.at, n);
	to[n] = 0;
	return n == s.size;
}

bool slice_number(struct slice s, u64 *value)
{
	return number_parse(s.at, s.size, value);
}

bool slice_range(struct slice s, u64 *start, u64 *length)
{
	u64 from, bytes = 0;

	s = slice_trim(s);
	if (!number_parse_range(s.at, s.size, &from, &bytes) || !bytes)
		return false;
	*start = from;
	*length = bytes;
	return true;
}
