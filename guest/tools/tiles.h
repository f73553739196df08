// SPDX-License-Identifier: MIT
// Counts how often each tile of a target was written, and draws the result.
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
	uint32_t covered; // bit i: tile i belongs to the target
	uint64_t writes[TESSERA_TILES_PER_PAGE];
};

struct tiles {
	struct tiles_page *pages; // sorted by address
	size_t count;
	uint64_t writes; // to all tiles
	uint64_t lost;   // events that were missed or dropped
};

// Adds a region of the target. The regions must come sorted by address. False with errno set.
bool tiles_add(struct tiles *t, uint64_t gpa, uint64_t length);

// Counts a write if its address lies in the target.
void tiles_count(struct tiles *t, uint64_t gpa);

// Draws the tiles as an SVG, one page per row.
void tiles_draw(const struct tiles *t, const char *title, FILE *to);

void tiles_free(struct tiles *t);

#endif
