// SPDX-License-Identifier: MIT
// Included in front of every source of test_order: calls the test after each atomic store of the
// code under test, which is when another CPU could look.
#ifndef UNIT_TRACE_H
#define UNIT_TRACE_H

void trace_store(const void *slot, unsigned long size);

#define __atomic_store_n(slot, value, order)                       \
	do {                                                       \
		*(volatile __typeof__(*(slot)) *)(slot) = (value); \
		trace_store((slot), sizeof(*(slot)));              \
	} while (0)

#endif
