// SPDX-License-Identifier: MIT
// Port input and output. Ring 0 only; a port that does not exist reads as all ones.
#ifndef HV_X86_IO_H
#define HV_X86_IO_H

#include "hv/lib/types.h"

// System control port A of the PC.
#define PORT_CONTROL_A  0x92
#define CONTROL_A_RESET BIT(0) // of the machine, at once
#define CONTROL_A_A20   BIT(1) // 0: bit 20 of physical addresses reads as 0

static inline u8 inb(u16 port)
{
	u8 value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline u16 inw(u16 port)
{
	u16 value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline u32 inl(u16 port)
{
	u32 value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outb(u16 port, u8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outw(u16 port, u16 value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outl(u16 port, u32 value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

#endif
