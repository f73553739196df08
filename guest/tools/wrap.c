// SPDX-License-Identifier: MIT
#include "tools/wrap.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS 80

void print_wrapped(unsigned int indent, const char *words)
{
	size_t column = 0;

	while (*words) {
		size_t length = strcspn(words, " ");

		if (column && column + 1 + length > COLUMNS) {
			putchar('\n');
			column = 0;
		}
		if (column)
			putchar(' ');
		else
			printf("%*s", (int)indent, "");
		column += (column ? 1 : indent) + length;
		printf("%.*s", (int)length, words);
		words += length;
		words += strspn(words, " ");
	}
	putchar('\n');
}
