// SPDX-License-Identifier: MIT
#include "hv/lib/string.h"
#include "hv/lib/types.h"

void *memset(void *to, int byte, size_t n)
{
	u8 *p = to;
	size_t words = n / 8;
	u64 pattern = (u8)byte * 0x0101010101010101ULL;

	n %= 8;
	__asm__ volatile("rep stosq" : "+D"(p), "+c"(words) : "a"(pattern) : "memory");
	__asm__ volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(pattern) : "memory");
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	u8 *d = to;
	const u8 *s = from;
	size_t words = n / 8;

	n %= 8;
	__asm__ volatile("rep movsq" : "+D"(d), "+S"(s), "+c"(words)::"memory");
	__asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n)::"memory");
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	u8 *d = to;
	const u8 *s = from;

	if (d <= s || d >= s + n)
		return memcpy(to, from, n);
	while (n--)
		d[n] = s[n];
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, (size_t)-1);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++)
		if (*a != *b || !*a)
			return (u8)*a - (u8)*b;
	return 0;
}
