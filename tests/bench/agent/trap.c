// SPDX-License-Identifier: MIT
#include "tests/bench/agent/trap.h"

#include "hv/lib/types.h"
#include "hv/x86/insn.h"

#define VECTOR_GP      13
#define GATE_INTERRUPT 0x8e00ULL // present, 64-bit interrupt gate, CPL 0

struct gate {
	u64 low, high;
};

void trap_install(void)
{
	static struct gate idt[VECTOR_GP + 1];
	struct descriptor_table idtr = { sizeof(idt) - 1, (u64)idt };
	u64 to = (u64)skip_store;
	u16 cs;

	__asm__("mov %%cs, %0" : "=r"(cs));
	idt[VECTOR_GP] = (struct gate){
		.low = (to & 0xffff) | (u64)cs << 16 | GATE_INTERRUPT << 32 |
		       (to >> 16 & 0xffff) << 48,
		.high = to >> 32,
	};
	lidt(&idtr);
}
