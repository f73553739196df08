// SPDX-License-Identifier: MIT
// The serial line: a 16550 (or an older relative without FIFO) behind eight I/O ports, polled.
// One CPU at a time uses a UART; there is no lock here, so that a panic can always print.
#ifndef HV_CONSOLE_UART_H
#define HV_CONSOLE_UART_H

#include "hv/console/shell/shell.h"

#define UART_BAUD_MAX 115200 // the divisor's clock: any whole fraction of it is a valid rate

struct uart {
	struct tty tty; // first, so that the shell's tty is the UART
	u16 port;       // base port, 0 = no UART
	u8 depth;       // bytes that the transmitter takes once it is empty
	u8 credit;      // bytes that it still takes before it must be asked again
	u32 baud;
	u32 set;      // the registers as Tessera left them, with a mark that nobody else knows
	bool changed; // they are no longer so: what has come in is not the operator's
	u32 changes;  // how often that was so
};

// Sets the line up: 8 data bits, no parity, 1 stop bit, FIFO on if it has one, no interrupts.
// baud: 2..115200, rounded to what the divisor can do; 0 means 115200. False if no UART
// answers at `port`: then get returns no byte, put drops bytes, and neither waits. Each get checks
// that the UART is where and how Tessera left it. If it is not, `changes` counts that, and the UART
// is set up again before get returns the next byte: whoever moved it may have typed.
bool uart_init(struct uart *u, u16 port, u32 baud);

// For the panic path, which cannot poll again later: waits for room with a bounded number of tries
// (far more than a byte needs on the slowest line), then drops the byte.
void uart_put_blocking(struct uart *u, char byte);

#endif
