// SPDX-License-Identifier: MIT
// In the place of hv/x86/io.h for tests with `-iquote tests/host/shell/fake`: the same, but the
// test is the machine behind the ports.
#ifndef FAKE_IO_H
#define FAKE_IO_H

#define inb  inb_instruction
#define outb outb_instruction
#include "../../../../../../hv/x86/io.h"
#undef inb
#undef outb

u8 inb(u16 port);
void outb(u16 port, u8 value);

#endif
