// SPDX-License-Identifier: MIT
#include "tests/emul/system/agent/serial.h"

#include "hv/x86/io.h"

#define COM1 0x3f8

enum uart { DATA, INTERRUPTS, FIFO, LINE, MODEM, STATUS };

#define DIVISOR_LATCH 0x80
#define EIGHT_BITS    0x03
#define FIFO_RESET    0x07
#define DTR_RTS       0x03
#define HAS_DATA      0x01
#define CAN_SEND      0x20

void serial_start(void)
{
	outb(COM1 + INTERRUPTS, 0);
	outb(COM1 + LINE, DIVISOR_LATCH);
	outb(COM1 + DATA, 1); // 115,200 baud
	outb(COM1 + INTERRUPTS, 0);
	outb(COM1 + LINE, EIGHT_BITS);
	outb(COM1 + FIFO, FIFO_RESET);
	outb(COM1 + MODEM, DTR_RTS);
}

void serial_put(const char *text)
{
	for (; *text; text++) {
		while (!(inb(COM1 + STATUS) & CAN_SEND))
			__builtin_ia32_pause();
		outb(COM1 + DATA, (u8)*text);
	}
}

bool serial_waits(void)
{
	return inb(COM1 + STATUS) & HAS_DATA;
}

static char get(void)
{
	while (!serial_waits())
		__builtin_ia32_pause();
	return (char)inb(COM1 + DATA);
}

void serial_line(char *to, u32 size)
{
	u32 n = 0;
	char c;

	while ((c = get()) != '\n')
		if (n + 1 < size)
			to[n++] = c;
	to[n] = 0;
}
