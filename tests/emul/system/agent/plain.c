// SPDX-License-Identifier: MIT
#include "tests/emul/system/agent/plain.h"

#include "tests/emul/system/agent/agent.h"

static void store1(void)
{
	__asm__ volatile("movb %%al, (%%rdi)" ::: "memory");
}

static void store2(void)
{
	__asm__ volatile("movw %%ax, (%%rdi)" ::: "memory");
}

static void store4(void)
{
	__asm__ volatile("movl %%eax, (%%rdi)" ::: "memory");
}

static void store8(void)
{
	__asm__ volatile("movq %%rax, (%%rdi)" ::: "memory");
}

bool denied_store(void *to, u64 value, u32 bytes)
{
	struct probe p = probe_of(bytes == 1   ? store1
				  : bytes == 2 ? store2
				  : bytes == 4 ? store4
					       : store8);

	p.gpr[RAX] = value;
	p.gpr[RDI] = (u64)to;
	probe_run(&p);
	if (p.vector == NO_FAULT)
		return false;
	CHECK(probe_denied(&p), "a store to 0x%lx: vector %u error 0x%x CR2 0x%lx", gpa_of(to),
	      p.vector, p.error, p.cr2);
	return true;
}

#define TRIES 10

u64 exits_of(void (*f)(void))
{
	u64 least = ~0ULL;

	for (u32 i = 0; i < TRIES; i++) {
		u64 before = query(TESSERA_QUERY_EXITS), after;

		f();
		after = query(TESSERA_QUERY_EXITS) - 1; // the query is an exit too
		least = MIN(least, after - before);
	}
	return least;
}

// Marsaglia's xorshift.
u64 random_next(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static u64 states[CPUS_MAX];

void random_seed(u64 seed)
{
	states[cpu_this()->number] = seed | 1;
}

u64 random64(void)
{
	u32 cpu = cpu_this()->number;

	if (!states[cpu])
		states[cpu] = 88172645463325252 + cpu;
	return random_next(&states[cpu]);
}
