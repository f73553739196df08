// SPDX-License-Identifier: MIT
// Sources: ept/*.c spp/*.c hv/lib/pool.c tests/host/unit/model.c tests/host/unit/model_check.c
// Sources: tests/host/unit/reference.c tests/host/unit/machines.c
// Options: -max_len=1025 -len_control=0 -timeout=30
// A byte stream drives the policy against the naive model: protect, unprotect, access maps, rules,
// SPP misses, misconfigured tables, changing memory types, and allocations that fail.
#include <string.h>

#include "tests/host/unit/model.h"

#define POOL_PAGES 4096
#define OPERATIONS 64 // beyond that an input teaches nothing new

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct model_op op;

	if (!size)
		return 0;
	u8 how = data[0];
	struct model *m = model_new(how & 1, POOL_PAGES);
	data++;
	size--;
	for (u32 i = 0; i < OPERATIONS && size >= sizeof(op); i++) {
		memcpy(&op, data, sizeof(op));
		data += sizeof(op);
		size -= sizeof(op);
		model_run(m, &op);
	}
	// Dear, so only where the input asks for it.
	if (how >> 1 == 0x55)
		model_check(m);
	model_delete(m);
	return 0;
}
