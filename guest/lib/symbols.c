// SPDX-License-Identifier: MIT
// The kernel's symbols, from /proc/kallsyms: a symbol by its name, and the symbol at an address.
// The list is long, so it is read once and kept as text, with an index of its lines by address. All
// addresses have the same number of digits, so that their order is the order of their text.
#define _GNU_SOURCE // memmem
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"
#include "tessera.h"

#define FIRST_SIZE  (1UL << 20)
#define DIGITS      16 // of an address
#define NAME        19 // offset of the name: after the address, a blank, the kind and a blank
#define KERNEL_HALF (1ULL << 63)
#define LAST_SIZE   4096 // assumed size of a symbol whose end is unknown

// Each line holds address, kind and name and, for a symbol of a module, a tab and "[module]".
struct tessera_symbols {
	char *text;
	size_t size; // without the zero at its end
	const char *
		*lines; // beginnings, by address; lines of equal address in the order of the text
	size_t count;
};

static bool read_text(struct tessera_symbols *s, FILE *file)
{
	size_t room = FIRST_SIZE;
	char *grown;

	while ((grown = realloc(s->text, room))) {
		s->text = grown;
		s->size += fread(s->text + s->size, 1, room - s->size, file);
		if (s->size < room) {
			s->text[s->size] = 0;
			return !ferror(file);
		}
		room *= 2;
	}
	return false;
}

// The end of the line that `at` lies in.
static const char *line_end(const struct tessera_symbols *s, const char *at)
{
	const char *end = memchr(at, '\n', (size_t)(s->text + s->size - at));

	return end ? end : s->text + s->size;
}

static int compare_lines(const void *left, const void *right)
{
	const char *a = *(const char *const *)left, *b = *(const char *const *)right;
	int order = memcmp(a, b, DIGITS);

	return order ? order : (a > b) - (a < b);
}

static bool index_lines(struct tessera_symbols *s)
{
	const char *end = s->text + s->size, *stop;
	size_t count = 0;

	for (const char *line = s->text; line < end; line = stop + 1, count++)
		stop = line_end(s, line);
	s->lines = malloc((count + 1) * sizeof(*s->lines));
	if (!s->lines)
		return false;
	for (const char *line = s->text; line < end; line = stop + 1) {
		stop = line_end(s, line);
		if (stop - line > NAME)
			s->lines[s->count++] = line;
	}
	qsort(s->lines, s->count, sizeof(*s->lines), compare_lines);
	return true;
}

struct tessera_symbols *tessera_symbols_read(void)
{
	FILE *file = tessera_file("/proc/kallsyms", "re");
	struct tessera_symbols *s = file ? calloc(1, sizeof(*s)) : NULL;

	if (s && (!read_text(s, file) || !index_lines(s))) {
		tessera_symbols_free(s);
		s = NULL;
	}
	if (file)
		fclose(file);
	return s;
}

void tessera_symbols_free(struct tessera_symbols *symbols)
{
	if (!symbols)
		return;
	free(symbols->text);
	free(symbols->lines);
	free(symbols);
}

static uint64_t line_address(const char *line)
{
	char digits[DIGITS + 1] = { 0 };

	memcpy(digits, line, DIGITS);
	return strtoull(digits, NULL, 16);
}

// True if the line, which ends at `end`, is a symbol of that module; "" is the kernel itself.
static bool line_is_of(const char *line, const char *end, const char *module)
{
	size_t length = strlen(module), size = (size_t)(end - line);

	if (!length)
		return end[-1] != ']';
	return size > NAME + length + 3 && end[-1] == ']' &&
	       memcmp(end - 1 - length, module, length) == 0 && end[-(long)length - 2] == '[';
}

// The first line from `at` on that is a symbol with this name and module, or NULL.
static const char *find_name(const struct tessera_symbols *s, const char *at, const char *name,
			     const char *module)
{
	const char *end = s->text + s->size;
	size_t length = strlen(name);

	while (length && (at = memmem(at, (size_t)(end - at), name, length))) {
		const char *stop = line_end(s, at);

		// The match has to be the whole name, and in the place of the name.
		if (at - s->text >= NAME && (at - s->text == NAME || at[-NAME - 1] == '\n') &&
		    (at + length == stop || at[length] == '\t') &&
		    line_is_of(at - NAME, stop, module))
			return at - NAME;
		at++;
	}
	return NULL;
}

// The symbol with this name whose number is `which`, or the only one if that is 0. NULL with errno.
static const char *choose_line(const struct tessera_symbols *s, const char *name,
			       const char *module, uint64_t which)
{
	const char *first = find_name(s, s->text, name, module), *line = first;

	errno = ENOENT;
	for (uint64_t n = 1; line && n < which; n++)
		line = find_name(s, line_end(s, line), name, module);
	if (which || !line)
		return line;
	while ((line = find_name(s, line_end(s, line), name, module))) {
		if (memcmp(line, first, DIGITS) != 0) {
			errno = ENOTUNIQ;
			return NULL;
		}
	}
	return first;
}

// The index of the first line whose address is above this one.
static size_t index_above(const struct tessera_symbols *s, uint64_t address)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (line_address(s->lines[middle]) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int tessera_symbol(const struct tessera_symbols *symbols, const char *name, const char *module,
		   uint64_t which, struct tessera_range *range)
{
	const char *owner = module ? module : "";
	const char *line = choose_line(symbols, name, owner, which), *next;

	*range = (struct tessera_range){ 0 };
	if (!line)
		return -1;
	range->start = line_address(line);
	// The kernel shows zeros to those who may not see addresses.
	errno = EPERM;
	if (!range->start)
		return -1;
	for (size_t i = index_above(symbols, range->start); i < symbols->count; i++) {
		next = symbols->lines[i];
		if (!line_is_of(next, line_end(symbols, next), owner))
			continue;
		range->length = line_address(next) - range->start;
		break;
	}
	return 0;
}

// Copies name and module out of a line.
static void split_line(const struct tessera_symbols *s, const char *line,
		       struct tessera_symbol_name *found)
{
	const char *end = line_end(s, line), *name = line + NAME;
	size_t length = strcspn(name, "\t\n");

	if (name + length > end)
		length = (size_t)(end - name);
	snprintf(found->name, sizeof(found->name), "%.*s", (int)length, name);
	found->module[0] = 0;
	name += length;
	if (end - name > 3 && end[-1] == ']')
		snprintf(found->module, sizeof(found->module), "%.*s", (int)(end - name - 3),
			 name + 2);
}

int tessera_symbol_at(const struct tessera_symbols *symbols, uint64_t address,
		      struct tessera_symbol_name *found)
{
	size_t above = index_above(symbols, address), i = above;
	struct tessera_symbol_name next = { 0 };

	*found = (struct tessera_symbol_name){ 0 };
	errno = ENOENT;
	if (!i || line_address(symbols->lines[i - 1]) < KERNEL_HALF)
		return -1;
	// Of the names of one address, the first, as the kernel itself prints it.
	for (i--; i && memcmp(symbols->lines[i], symbols->lines[i - 1], DIGITS) == 0; i--)
		;
	split_line(symbols, symbols->lines[i], found);
	found->offset = address - line_address(symbols->lines[i]);
	if (above < symbols->count)
		split_line(symbols, symbols->lines[above], &next);
	if (*next.name && strcmp(next.module, found->module) == 0)
		return 0;
	return found->offset < LAST_SIZE ? 0 : -1; // beyond the end of the kernel or of a module
}
