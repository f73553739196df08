// SPDX-License-Identifier: MIT
// What one operation costs: the median of many runs, less what an empty one costs.
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "hv/lib/types.h"

struct operation {
	const char *name;
	void (*run)(void);
	void (*before)(void); // before each run, not measured; NULL = nothing
	void (*after)(void);
};

extern bool under_tessera;

void measure(const struct operation *o);

#endif
