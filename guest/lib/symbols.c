// SPDX-License-Identifier: MIT
// Where the kernel has a symbol, and how long it is: up to the next one of the same owner. The list
// is long: it is read once, and searched as the text that it is. Its addresses all have the same
// number of digits, so their order is that of their text.
#define _GNU_SOURCE // memmem
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"
#include "tessera.h"

#define FIRST_SIZE (1UL << 20)
#define DIGITS     16 // of an address
#define NAME       19 // where the name begins: behind the address, a blank, the kind and a blank

// Lines of address, kind, name and, for a module's symbol, a tab and "[module]".
struct tessera_symbols {
	size_t size;
	char text[];
};

struct tessera_symbols *tessera_symbols_read(void)
{
	FILE *file = tessera_file("/proc/kallsyms", "re");
	struct tessera_symbols *s = NULL, *grown;
	size_t room = FIRST_SIZE, size = 0;

	if (!file)
		return NULL;
	while ((grown = realloc(s, sizeof(*s) + room))) {
		s = grown;
		size += fread(s->text + size, 1, room - size, file);
		if (size < room)
			break;
		room *= 2;
	}
	if (grown && !ferror(file)) {
		s->size = size;
	} else {
		free(s);
		s = NULL;
	}
	fclose(file);
	return s;
}

void tessera_symbols_free(struct tessera_symbols *symbols)
{
	free(symbols);
}

// The end of the line that `at` lies in.
static const char *line_end(const struct tessera_symbols *s, const char *at)
{
	const char *end = memchr(at, '\n', (size_t)(s->text + s->size - at));

	return end ? end : s->text + s->size;
}

// Whether the line belongs to that owner, "" being the kernel.
static int belongs(const char *line, const char *end, const char *owner)
{
	size_t length = strlen(owner), size = (size_t)(end - line);

	if (!length)
		return end[-1] != ']';
	return size > NAME + length + 3 && end[-1] == ']' &&
	       memcmp(end - 1 - length, owner, length) == 0 && end[-(long)length - 2] == '[';
}

// The line of a symbol, or NULL.
static const char *find(const struct tessera_symbols *s, const char *name, const char *owner)
{
	const char *at = s->text, *end = s->text + s->size;
	size_t length = strlen(name);

	while (length && (at = memmem(at, (size_t)(end - at), name, length))) {
		const char *stop = line_end(s, at);

		// The name stands where names do, and all of it.
		if (at - s->text >= NAME && (at - s->text == NAME || at[-NAME - 1] == '\n') &&
		    (at + length == stop || at[length] == '\t') && belongs(at - NAME, stop, owner))
			return at - NAME;
		at++;
	}
	return NULL;
}

static uint64_t address(const char *line)
{
	char digits[DIGITS + 1] = { 0 };

	memcpy(digits, line, DIGITS);
	return strtoull(digits, NULL, 16);
}

// The line with the lowest address above that of `start`, of the same owner; or `start`.
static const char *find_next(const struct tessera_symbols *s, const char *start, const char *owner)
{
	const char *next = start, *stop;

	for (const char *line = s->text; line < s->text + s->size; line = stop + 1) {
		stop = line_end(s, line);
		if (stop - line > NAME && memcmp(line, start, DIGITS) > 0 &&
		    (next == start || memcmp(line, next, DIGITS) < 0) && belongs(line, stop, owner))
			next = line;
	}
	return next;
}

int tessera_symbol(const struct tessera_symbols *symbols, const char *name, const char *module,
		   struct tessera_range *range)
{
	const char *owner = module ? module : "";
	const char *line = find(symbols, name, owner);

	*range = (struct tessera_range){ 0 };
	errno = ENOENT;
	if (!line)
		return -1;
	// Whoever may not see addresses sees zeros.
	errno = EPERM;
	range->start = address(line);
	if (!range->start)
		return -1;
	range->length = address(find_next(symbols, line, owner)) - range->start;
	return 0;
}
