// SPDX-License-Identifier: MIT
// I/O ports that the hypervisor watches.
#include "hv/x86/io.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/scenarios.h"

// B16: the emulator applies the A20 gate in VMX operation, a processor does not. The gate stays
// open, and reads as it was written.
void the_a20_gate_drops_no_memory(void)
{
	u8 *even = page(0), *odd = page(256); // 1 MiB apart
	u8 open = inb(PORT_CONTROL_A) | CONTROL_A_A20;

	*(volatile u8 *)even = 1;
	*(volatile u8 *)odd = 2;
	outb(PORT_CONTROL_A, open & ~CONTROL_A_A20);
	same("port 92h", inb(PORT_CONTROL_A), open & ~CONTROL_A_A20);
	CHECK(tessera_present(), "Tessera is gone");
	same("the byte below", *(volatile u8 *)even, 1);
	same("the byte 1 MiB above", *(volatile u8 *)odd, 2);
	outw(PORT_CONTROL_A - 1, 0); // 91h and 92h
	CHECK(tessera_present(), "Tessera is gone");
	outb(PORT_CONTROL_A, open);
	same("port 92h", inb(PORT_CONTROL_A), open);
}
