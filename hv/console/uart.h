// SPDX-License-Identifier: MIT
// The serial line: a 16550 (or an older relative without FIFO) behind eight I/O ports, polled.
// One CPU at a time uses a UART; there is no lock here, so that a panic can always print.
#ifndef HV_CONSOLE_UART_H
#define HV_CONSOLE_UART_H

#include "hv/console/shell/shell.h"

#define UART_BAUD_MAX 115200 // the divisor's clock: any whole fraction of it is a valid rate

struct uart {
	struct tty tty; // first, so that the shell's tty is the UART
	u16 port;       // base port, 0 = there is none
	u8 depth;       // bytes that the transmitter takes once it is empty
	u8 credit;      // bytes that it still takes before it must be asked again
};

// Sets the line up: 8 data bits, no parity, 1 stop bit, FIFO on where there is one, no interrupts.
// baud: 2..115200, rounded to what the divisor can do; 0 means 115200. False when no UART
// answers at `port`: then get answers "nothing", put swallows, and nothing ever waits.
bool uart_init(struct uart *u, u16 port, u32 baud);

// For the panic path, which has no poll to come back to: waits for room, but at most a bounded
// number of tries (far more than a byte's time on the slowest line), then gives the byte up.
void uart_put_blocking(struct uart *u, char byte);

#endif
