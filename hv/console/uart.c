// SPDX-License-Identifier: MIT
// The 16550 driver. An unused I/O port reads 0xff, and a working UART never has a line status of
// 0xff: this tells a missing or lost UART from a busy one.
#include "hv/console/uart.h"

#include "hv/x86/insn.h"
#include "hv/x86/io.h"

#define DATA              0 // receiver and transmitter; divisor low while LCR_DIVISOR
#define INTERRUPTS        1 // enable bits; divisor high while LCR_DIVISOR
#define FIFO_CONTROL      2 // write only
#define IDENTIFICATION    2 // read only
#define LINE_CONTROL      3
#define MODEM_CONTROL     4
#define LINE_STATUS       5
#define MODEM_STATUS      6
#define SCRATCH           7

#define FIFO_ON_AND_EMPTY 0xc7 // enable, clear both, receive trigger at 14
#define FIFO_WORKS        0xc0 // in IDENTIFICATION; 0x80 is the 16550 whose FIFO is broken
#define FIFO_DEPTH        16

#define LCR_8N1           0x03
#define LCR_DIVISOR       0x80

#define MCR_READY         0x0b // DTR, RTS, OUT2
#define MCR_LOOPBACK      0x1a // loop, with RTS and OUT2 set ...
#define MSR_LOOPBACK      0x90 // ... comes back as CTS and DCD, without DSR and RI
#define MSR_LINES         0xf0

#define LSR_DATA          0x01
#define LSR_OVERRUN       0x02
#define LSR_DAMAGED       0x1c // parity, framing, break
#define LSR_EMPTY         0x20
#define LSR_NOBODY        0xff

// One read of a port takes about a microsecond, a byte at 1200 baud takes 8.3 ms, a FIFO 16 times
// as much.
#define BLOCKING_TRIES 200000

static u8 get_register(const struct uart *u, u16 index)
{
	return inb((u16)(u->port + index));
}

static void set_register(const struct uart *u, u16 index, u8 value)
{
	outb((u16)(u->port + index), value);
}

// What set_up sets and nothing else changes.
static u32 settings(const struct uart *u)
{
	return get_register(u, INTERRUPTS) | (u32)get_register(u, LINE_CONTROL) << 8 |
	       (u32)get_register(u, MODEM_CONTROL) << 16 | (u32)get_register(u, SCRATCH) << 24;
}

static void set_line(const struct uart *u, u32 baud)
{
	u32 divisor = UART_BAUD_MAX / MIN(MAX(baud, 2), UART_BAUD_MAX);

	set_register(u, INTERRUPTS, 0);
	set_register(u, LINE_CONTROL, LCR_DIVISOR);
	set_register(u, DATA, (u8)divisor);
	set_register(u, INTERRUPTS, (u8)(divisor >> 8));
	set_register(u, LINE_CONTROL, LCR_8N1);
	set_register(u, FIFO_CONTROL, FIFO_ON_AND_EMPTY);
}

// Empties the FIFOs, so that no byte from before counts as the operator's. False if another device
// answers, or none.
static bool set_up(struct uart *u)
{
	u8 mark = (u8)rdtsc();

	set_line(u, u->baud);
	set_register(u, MODEM_CONTROL, MCR_READY);
	set_register(u, SCRATCH, mark);
	u->set = settings(u);
	u->changed = u->set >> 24 != mark || get_register(u, LINE_STATUS) == LSR_NOBODY;
	return !u->changed;
}

// The settings are read behind the byte: what was put in the UART's place for a while is found even
// if it came after the last look.
static s32 uart_get(struct tty *t)
{
	struct uart *u = (struct uart *)t;
	u8 status;
	u8 byte = 0;

	if (!u->port || (u->changed && !set_up(u)))
		return -1;
	status = get_register(u, LINE_STATUS);
	if (status & LSR_DATA)
		byte = get_register(u, DATA);
	if (settings(u) != u->set) {
		u->changed = true;
		u->changes++;
		return -1;
	}
	if (!(status & LSR_DATA))
		return -1;
	if (status & LSR_OVERRUN)
		t->lost++;
	if (status & LSR_DAMAGED) {
		t->lost++;
		return -1;
	}
	return byte;
}

// A byte for a lost line counts as sent, so that output drains instead of piling up.
static bool uart_put(struct tty *t, char byte)
{
	struct uart *u = (struct uart *)t;

	if (!u->port)
		return true;
	if (!u->credit) {
		u8 status = get_register(u, LINE_STATUS);

		if (status == LSR_NOBODY)
			return true;
		if (!(status & LSR_EMPTY))
			return false;
		u->credit = u->depth;
	}
	u->credit--;
	set_register(u, DATA, (u8)byte);
	return true;
}

void uart_put_blocking(struct uart *u, char byte)
{
	for (u32 tries = 0; tries < BLOCKING_TRIES; tries++)
		if (uart_put(&u->tty, byte))
			return;
}

// The scratch register must keep a value (only the first 8250s had none), and in loopback the modem
// lines must return.
static bool uart_answers(const struct uart *u)
{
	static const u8 patterns[] = { 0x5a, 0xa5 };
	u8 lines;

	for (u32 i = 0; i < ARRAY_SIZE(patterns); i++) {
		set_register(u, SCRATCH, patterns[i]);
		if (get_register(u, SCRATCH) != patterns[i])
			return false;
	}
	set_register(u, MODEM_CONTROL, MCR_LOOPBACK);
	lines = get_register(u, MODEM_STATUS) & MSR_LINES;
	set_register(u, MODEM_CONTROL, MCR_READY);
	return lines == MSR_LOOPBACK;
}

bool uart_init(struct uart *u, u16 port, u32 baud)
{
	*u = (struct uart){ .tty = { .get = uart_get, .put = uart_put }, .port = port };
	if (!port)
		return false;
	if (!uart_answers(u)) {
		u->port = 0;
		return false;
	}
	u->baud = baud ? baud : UART_BAUD_MAX;
	set_up(u);
	u->depth = (get_register(u, IDENTIFICATION) & FIFO_WORKS) == FIFO_WORKS ? FIFO_DEPTH : 1;
	return true;
}
