// SPDX-License-Identifier: MIT
#include <stdint.h>

// Returns RAX; *value is RDX.
static int64_t vmcall(uint64_t call, uint64_t a, uint64_t b, uint64_t c, uint64_t key,
		      uint64_t *value)
{
	register uint64_t r8 __asm__("r8") = key;
	int64_t error;

	__asm__ volatile("vmcall"
			 : "=a"(error), "=d"(*value)
			 : "a"(call), "D"(a), "S"(b), "d"(c), "c"(0ULL), "r"(r8)
			 : "memory");
	return error;
}

// Write-protects tiles 0 and 5 of a page. `maps` is the guest-physical address of the word `map`.
int64_t close_two(uint64_t page, uint32_t *map, uint64_t maps)
{
	uint64_t pages;

	*map = ~(1U << 0 | 1U << 5);
	return vmcall(4, page, 1, maps, 0, &pages);
}
