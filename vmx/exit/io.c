// SPDX-License-Identifier: MIT
// Port I/O that exits: the console's UART, which is hidden from the guest, and the configuration
// ports that could move it (vmx/exit/super_io.h). Manual: "Exit Qualification for I/O
// Instructions".
#include "hv/x86/io.h"

#include "hv/core/vm.h"
#include "vmx/exit/handlers.h"
#include "vmx/exit/super_io.h"
#include "vmx/vmcs/guest.h"

#define PORTS 0x10000U

static bool is_hidden(u32 port)
{
	return port - boot->uart_port < BOOT_UART_PORTS;
}

// Writes to the hidden UART are dropped, and reads return values with which a probe finds no UART.
// Firmware may have opened the line earlier and must not wait for it, so the line always appears
// idle and ready.
static u8 absent_uart(u32 port)
{
	// By the 16550's registers: no interrupt pending, transmitter empty, peer ready.
	static const u8 answer[BOOT_UART_PORTS] = { [2] = 0x01, [5] = 0x60, [6] = 0xb0 };

	return answer[port - boot->uart_port];
}

// A wide access is one of each byte, as on the bus behind which the UART is: only some of the ports
// may be hidden. Nothing answers beyond the last port.
static u8 in_byte(struct vm *vm, u32 port)
{
	if (port >= PORTS)
		return 0xff;
	if (is_hidden(port))
		return absent_uart(port);
	return super_io_owns(port) ? super_io_in(vm, (u16)port) : inb((u16)port);
}

static void out_byte(struct vm *vm, u32 port, u8 value)
{
	if (port >= PORTS || is_hidden(port))
		return;
	if (super_io_owns(port))
		super_io_out(vm, (u16)port, value);
	else
		outb((u16)port, value);
}

void exit_io(struct cpu *c, struct regs *regs)
{
	u64 qualification = vmread(EXIT_QUALIFICATION), value = 0;
	u32 port = (u32)(qualification >> 16), size = (qualification & 7) + 1;
	u64 *rax = &regs->gpr[RAX];

	if (qualification & BIT(4)) { // INS, OUTS
		guest_inject_gp(c);
		return;
	}
	for (u32 i = 0; i < size; i++)
		if (qualification & BIT(3))
			value |= (u64)in_byte(c->vm, port + i) << 8 * i;
		else
			out_byte(c->vm, port + i, (u8)(*rax >> 8 * i));
	if (qualification & BIT(3))
		*rax = size == 4 ? value : (*rax & ~(BIT(8 * size) - 1)) | value;
	guest_advance(c);
}
