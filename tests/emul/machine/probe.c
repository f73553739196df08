/* SPDX-License-Identifier: MIT */
/*
 * The smallest guest: says hello on both serial ports, echoes on COM2 a line typed into either of
 * them, and ends the machine: by a triple fault if the line begins with f, else by switching it
 * off. It drives the UARTs by their registers, as a hypervisor would.
 */
#include <efi.h>

#define COM1 0x3f8
#define COM2 0x2f8

static void out8(UINT16 port, UINT8 value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static UINT8 in8(UINT16 port)
{
	UINT8 value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void uart_start(UINT16 base)
{
	out8(base + 1, 0);    /* no interrupts */
	out8(base + 3, 0x80); /* divisor latch: 115,200 baud */
	out8(base + 0, 1);
	out8(base + 1, 0);
	out8(base + 3, 0x03); /* 8 bits, no parity, 1 stop bit */
	out8(base + 2, 0x07); /* FIFO on and empty */
	out8(base + 4, 0x03); /* DTR and RTS */
}

static void uart_put(UINT16 base, char c)
{
	while (!(in8(base + 5) & 0x20))
		;
	out8(base, (UINT8)c);
}

static char get(void)
{
	for (;;) {
		if (in8(COM1 + 5) & 0x01)
			return (char)in8(COM1);
		if (in8(COM2 + 5) & 0x01)
			return (char)in8(COM2);
	}
}

static void uart_print(UINT16 base, const char *text)
{
	while (*text)
		uart_put(base, *text++);
}

/* Ends the machine the hard way: an exception that has no handler, nor has the one it causes. */
static void triple_fault(void)
{
	const struct {
		UINT16 limit;
		UINT64 base;
	} __attribute__((packed)) empty = { 0, 0 };

	__asm__ volatile("lidt %0; ud2" : : "m"(empty));
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	EFI_TPL tpl;
	char first, c;

	(void)image;
	/* The firmware's terminal driver polls both ports at timer ticks, and would take keys. */
	tpl = table->BootServices->RaiseTPL(TPL_HIGH_LEVEL);
	uart_start(COM2);
	uart_print(COM1, "probe: hello on COM1\r\n");
	uart_print(COM2, "probe: hello on COM2\r\n");
	first = c = get();
	while (c != '\r') {
		uart_put(COM2, c);
		c = get();
	}
	uart_print(COM2, " heard\r\n");
	if (first == 'f')
		triple_fault();
	table->BootServices->RestoreTPL(tpl);
	table->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
	return EFI_SUCCESS;
}
