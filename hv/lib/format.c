// SPDX-License-Identifier: MIT
// The small printf. One table says what each conversion letter does. A conversion that is not in
// it is printed unchanged, so a mistake in a format is visible and takes no argument.
#include "hv/lib/format.h"

#include "hv/lib/string.h"

#define DIGITS_MAX 20 // 2^64 - 1 in decimal

struct sink {
	char *to;
	u32 size;
	u32 length; // as if size were endless
};

struct spec {
	u32 width;
	bool left;
	bool zeros;
	bool wide; // 'l' or 'll': both are 64 bits here
};

// va_list is an array on this machine and decays when passed: a struct keeps one shared position.
struct arguments {
	va_list list;
};

static void put_char(struct sink *s, char c)
{
	if (s->length + 1 < s->size)
		s->to[s->length] = c;
	s->length++;
}

static void put_many(struct sink *s, char c, u32 count)
{
	while (count--)
		put_char(s, c);
}

static void put_padded(struct sink *s, const struct spec *spec, const char *text, u32 length)
{
	u32 padding = spec->width > length ? spec->width - length : 0;

	if (!spec->left)
		put_many(s, ' ', padding);
	for (u32 i = 0; i < length; i++)
		put_char(s, text[i]);
	if (spec->left)
		put_many(s, ' ', padding);
}

static void put_number(struct sink *s, const struct spec *spec, u64 value, u32 base,
		       const char *sign)
{
	char text[DIGITS_MAX + 2];
	u32 start = sizeof(text);
	u32 sign_length = (u32)strlen(sign);

	do {
		text[--start] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);

	if (spec->zeros && !spec->left) {
		u32 length = sizeof(text) - start;
		u32 used = length + sign_length;

		for (u32 i = 0; i < sign_length; i++)
			put_char(s, sign[i]);
		put_many(s, '0', spec->width > used ? spec->width - used : 0);
		put_padded(s, &(struct spec){ 0 }, text + start, length);
		return;
	}
	start -= sign_length;
	memcpy(text + start, sign, sign_length);
	put_padded(s, spec, text + start, sizeof(text) - start);
}

static u64 take_unsigned(const struct spec *spec, struct arguments *a)
{
	return spec->wide ? va_arg(a->list, unsigned long) : va_arg(a->list, unsigned int);
}

static void convert_signed(struct sink *s, const struct spec *spec, struct arguments *a)
{
	s64 value = spec->wide ? va_arg(a->list, long) : va_arg(a->list, int);

	if (value < 0)
		put_number(s, spec, 0 - (u64)value, 10, "-");
	else
		put_number(s, spec, (u64)value, 10, "");
}

static void convert_unsigned(struct sink *s, const struct spec *spec, struct arguments *a)
{
	put_number(s, spec, take_unsigned(spec, a), 10, "");
}

static void convert_hex(struct sink *s, const struct spec *spec, struct arguments *a)
{
	put_number(s, spec, take_unsigned(spec, a), 16, "");
}

static void convert_pointer(struct sink *s, const struct spec *spec, struct arguments *a)
{
	put_number(s, spec, (u64)(uintptr_t)va_arg(a->list, void *), 16, "0x");
}

static void convert_string(struct sink *s, const struct spec *spec, struct arguments *a)
{
	const char *text = va_arg(a->list, const char *);

	if (!text)
		text = "(null)";
	put_padded(s, spec, text, (u32)strlen(text));
}

static void convert_char(struct sink *s, const struct spec *spec, struct arguments *a)
{
	char c = (char)va_arg(a->list, int);

	put_padded(s, spec, &c, 1);
}

static void convert_percent(struct sink *s, const struct spec *spec, struct arguments *a)
{
	(void)spec;
	(void)a;
	put_char(s, '%');
}

static const struct {
	char letter;
	void (*convert)(struct sink *s, const struct spec *spec, struct arguments *a);
} conversions[] = {
	{ 'd', convert_signed },  { 'u', convert_unsigned }, { 'x', convert_hex },
	{ 's', convert_string },  { 'c', convert_char },     { 'p', convert_pointer },
	{ '%', convert_percent },
};

// Reads flags, width and length after a '%'. Returns the address of the conversion letter.
static const char *read_spec(const char *at, struct spec *spec)
{
	for (; *at == '-' || *at == '0'; at++) {
		spec->left |= *at == '-';
		spec->zeros |= *at == '0';
	}
	for (; *at >= '0' && *at <= '9'; at++)
		spec->width = spec->width * 10 + (u32)(*at - '0');
	for (; *at == 'l'; at++)
		spec->wide = true;
	return at;
}

// Does the conversion at `at`, just after its '%'. Returns the address after it, or NULL if it is
// not a conversion.
static const char *convert_argument(struct sink *s, const char *at, struct arguments *a)
{
	struct spec spec = { 0 };

	at = read_spec(at, &spec);
	for (u32 i = 0; i < ARRAY_SIZE(conversions); i++) {
		if (conversions[i].letter == *at) {
			conversions[i].convert(s, &spec, a);
			return at + 1;
		}
	}
	return NULL;
}

u32 format_list(char *to, u32 size, const char *format, va_list list)
{
	struct sink s = { .to = to, .size = size };
	struct arguments a;

	va_copy(a.list, list);
	while (*format) {
		const char *next = *format == '%' ? convert_argument(&s, format + 1, &a) : NULL;

		if (!next) {
			put_char(&s, *format);
			next = format + 1;
		}
		format = next;
	}
	va_end(a.list);
	if (size)
		to[MIN(s.length, size - 1)] = 0;
	return s.length;
}

u32 format(char *to, u32 size, const char *format, ...)
{
	va_list list;
	u32 length;

	va_start(list, format);
	length = format_list(to, size, format, list);
	va_end(list);
	return length;
}
