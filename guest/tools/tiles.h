// SPDX-License-Identifier: MIT
// How often each tile of a place was written.
#ifndef TESSERACTL_TILES_H
#define TESSERACTL_TILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tessera/hypercall.h"

#define TILES_PAGES_MAX 1024

struct tiles_page {
	uint64_t gpa;
	uint32_t covered; // bit i: tile i belongs to the place
	uint64_t writes[TESSERA_TILES_PER_PAGE];
};

struct tiles {
	struct tiles_page *pages; // in the order of their addresses
	size_t count;
	uint64_t writes; // of all
	uint64_t lost;   // events that nobody saw
};

// Adds a stretch of the place; they come in the order of their addresses. False with errno set.
bool tiles_add(struct tiles *t, uint64_t gpa, uint64_t length);

// Counts a write, if it is one to the place.
void tiles_count(struct tiles *t, uint64_t gpa);

// Draws them, a page a row, as an SVG.
void tiles_draw(const struct tiles *t, const char *title, FILE *to);

void tiles_free(struct tiles *t);

#endif
