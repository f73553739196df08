// SPDX-License-Identifier: MIT
// Manuals: the chips' own. Those of Nuvoton, Winbond, ITE, Fintek, SMSC and ASPEED share the
// registers below ("Plug and Play ISA Specification": "Register Map").
#include "vmx/exit/super_io.h"

#include "hv/core/log.h"
#include "hv/x86/io.h"

#define CONTROL         0x02
#define CONTROL_LEAVE   0x02 // leave the configuration mode (ITE)
#define LOGICAL_DEVICE  0x07
#define FIRST_OF_DEVICE 0x30 // lower ones are the chip's own: pins, power, clocks, reset
#define FIRST_BASE      0x60 // I/O bases: a high byte and a low one each
#define LAST_BASE       0x6f

// Ports that one device takes at most.
#define DEVICE_PORTS 0x80

static u8 read_register(u16 index_port, u8 number)
{
	outb(index_port, number);
	return inb((u16)(index_port + 1));
}

static u32 read_base(u16 index_port, u8 number)
{
	u32 high = read_register(index_port, number & ~1);

	return high << 8 | read_register(index_port, number | 1);
}

// Whether a write of `value` to register `number` of the device that is chosen leaves the console's
// UART where it is and alone there.
static bool is_harmless(u16 index_port, u8 number, u8 value)
{
	u32 uart = boot->uart_port, old, base;

	if (number == LOGICAL_DEVICE)
		return true;
	if (number < FIRST_OF_DEVICE)
		return number == CONTROL && value == CONTROL_LEAVE;
	if (read_base(index_port, FIRST_BASE) - uart < BOOT_UART_PORTS)
		return false;
	if (number < FIRST_BASE || number > LAST_BASE)
		return true;
	old = read_base(index_port, number);
	base = number & 1 ? (old & 0xff00) | value : (old & 0xff) | (u32)value << 8;
	return base == old || base >= uart + BOOT_UART_PORTS || base + DEVICE_PORTS <= uart;
}

u8 super_io_in(struct vm *vm, u16 port)
{
	u8 value;

	lock_take(&vm->super_io.lock);
	value = inb(port);
	lock_drop(&vm->super_io.lock);
	return value;
}

void super_io_out(struct vm *vm, u16 port, u8 value)
{
	u16 index_port = port & ~1;
	u8 *number = &vm->super_io.number[index_port != 0x2e];
	bool pass = true;

	lock_take(&vm->super_io.lock);
	if (port == index_port) {
		*number = value;
	} else {
		pass = is_harmless(index_port, *number, value);
		outb(index_port, *number);
	}
	if (pass)
		outb(port, value);
	lock_drop(&vm->super_io.lock);
	if (!pass && log_is_due(&vm->counters.uart_moves))
		log_warn("a write of 0x%x to Super-I/O register 0x%x was dropped (%lu times): it "
			 "could move the console's UART",
			 value, *number, vm->counters.uart_moves);
}
