// SPDX-License-Identifier: MIT
// Hypercalls.
#ifndef BENCH_CALL_H
#define BENCH_CALL_H

#include "hv/lib/types.h"
#include "tessera/hypercall.h"

struct answer {
	s64 error;
	u64 value;
};

static inline struct answer call(enum tessera_call number, u64 a, u64 b, u64 c)
{
	register u64 key __asm__("r8") = 0;
	u64 rax = number, rdx = c;

	__asm__ volatile("vmcall" : "+a"(rax), "+d"(rdx) : "D"(a), "S"(b), "r"(key) : "memory");
	return (struct answer){ (s64)rax, rdx };
}

#endif
