// SPDX-License-Identifier: MIT
// The configuration ports of Super-I/O chips: with them the guest could move the console's UART to
// ports of its own, type there, and move it back. Such a chip has an index port with its data port
// behind it, at 2Eh or 4Eh. Register 7 chooses a logical device, whose registers from 30h on say
// where it is. Writes pass but for those to the console's UART, to what all devices share, and
// those that put another device over the UART.
#ifndef VMX_EXIT_SUPER_IO_H
#define VMX_EXIT_SUPER_IO_H

#include "hv/core/vm.h"

// Whether it is one of 2Eh, 2Fh, 4Eh and 4Fh.
static inline bool super_io_owns(u32 port)
{
	u32 pair = (port ^ 0x2e) & ~1U;

	return pair == 0 || pair == (0x2e ^ 0x4e);
}

// What the guest reads from one of the ports, and what becomes of a write to it. Takes
// vm->super_io.lock.
u8 super_io_in(struct vm *vm, u16 port);
void super_io_out(struct vm *vm, u16 port, u8 value);

#endif
