// SPDX-License-Identifier: MIT
// What the two halves of the model share: operations (model.c) and comparisons (model_check.c).
#ifndef UNIT_MODEL_INTERNAL_H
#define UNIT_MODEL_INTERNAL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/host/unit/model.h"
#include "tests/host/unit/reference.h"

#define ADDR_BITS    40
#define HIDDEN_START 0x7701f000ULL
#define HIDDEN_END   0x7801f000ULL

#define CHECK(condition, ...)                                                           \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition); \
			fprintf(stderr, __VA_ARGS__);                                   \
			fprintf(stderr, "\n");                                          \
			abort();                                                        \
		}                                                                       \
	} while (0)

typedef unsigned long long ull;

struct arena {
	u64 start, end;
};

extern const struct arena model_arenas[MODEL_ARENAS];

struct mtrr_state model_types(u32 index);
bool model_is_hidden(u64 gpa);

// The tiles of a page that no rule touches.
u32 model_tiles(const struct model *m, u64 page);

// What a CPU makes of a store to one byte, and to each tile of a page.
enum ref_outcome model_store(const struct model *m, u64 gpa);
u32 model_reference(const struct model *m, u64 page);

void model_check_page(const struct model *m, u64 page);
void model_check_judge(const struct model *m, u64 gpa, u64 length);

#endif
