// SPDX-License-Identifier: MIT
// Port I/O for the UART's test: the test itself is the machine.
#ifndef FAKE_IO_H
#define FAKE_IO_H

#include "hv/lib/types.h"

u8 inb(u16 port);
void outb(u16 port, u8 value);

#endif
