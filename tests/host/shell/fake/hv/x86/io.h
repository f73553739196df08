// SPDX-License-Identifier: MIT
// In the place of hv/x86/io.h for tests with `-iquote tests/host/shell/fake`: the same, but the
// test is the machine behind the ports.
#ifndef FAKE_IO_H
#define FAKE_IO_H

#define inb  inb_instruction
#define inw  inw_instruction
#define inl  inl_instruction
#define outb outb_instruction
#include "../../../../../../hv/x86/io.h"
#undef inb
#undef inw
#undef inl
#undef outb

u8 inb(u16 port);
void outb(u16 port, u8 value);

static inline u16 inw(u16 port)
{
	return inb(port) | (u16)(inb(port + 1) << 8);
}

static inline u32 inl(u16 port)
{
	return inw(port) | (u32)inw(port + 2) << 16;
}

#endif
