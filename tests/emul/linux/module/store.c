// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "attack.h"

#include <asm/asm.h>

// One instruction for all stores: its address is what events are to tell.
noinline __noclone bool store_word(u64 *where, u64 value)
{
	bool stored = false;

	asm volatile(".globl tessera_attack_store\n"
		     "tessera_attack_store:\n"
		     "1:	movq %[value], %[where]\n"
		     "	movb $1, %[stored]\n"
		     "2:\n" _ASM_EXTABLE(1b, 2b)
		     : [stored] "+q"(stored), [where] "+m"(*where)
		     : [value] "r"(value));
	return stored;
}

u64 store_rip(void)
{
	extern char tessera_attack_store[];

	return (u64)tessera_attack_store;
}
