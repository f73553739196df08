// SPDX-License-Identifier: MIT
// Port I/O that exits: the console's UART, which is hidden from the guest, the configuration ports
// that could move it (vmx/exit/super_io.h), and the A20 gate. Manual: "Exit Qualification for I/O
// Instructions".
#include "hv/x86/io.h"

#include "hv/core/guest_memory.h"
#include "hv/core/guest_walk.h"
#include "hv/core/vm.h"
#include "vmx/exit/handlers.h"
#include "vmx/exit/super_io.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/rights.h"

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

// A processor ignores the A20 gate in VMX operation. An emulator may not, and root mode would lose
// half of its memory, so the gate itself stays open. The guest reads what it wrote.
static u8 control_a_in(const struct vm *vm)
{
	return inb(PORT_CONTROL_A) & ~(vm->a20_off ? CONTROL_A_A20 : 0);
}

static void control_a_out(struct vm *vm, u8 value)
{
	vm->a20_off = !(value & CONTROL_A_A20);
	outb(PORT_CONTROL_A, value | CONTROL_A_A20);
}

// A wide access is one of each byte, as on the bus behind which the UART is: only some of the ports
// may be hidden. Nothing answers beyond the last port.
static u8 in_byte(struct vm *vm, u32 port)
{
	if (port >= PORTS)
		return 0xff;
	if (is_hidden(port))
		return absent_uart(port);
	if (port == PORT_CONTROL_A)
		return control_a_in(vm);
	return super_io_owns(port) ? super_io_in(vm, (u16)port) : inb((u16)port);
}

static void out_byte(struct vm *vm, u32 port, u8 value)
{
	if (port >= PORTS || is_hidden(port))
		return;
	if (super_io_owns(port))
		super_io_out(vm, (u16)port, value);
	else if (port == PORT_CONTROL_A)
		control_a_out(vm, value);
	else
		outb((u16)port, value);
}

static u64 in(struct vm *vm, u32 port, u32 size)
{
	u64 value = 0, before = PORT_CONTROL_A - port;

	// A bus may answer a wide access to this port in a way of its own.
	if (size > 1 && before < size)
		return (size == 2 ? inw((u16)port) : inl((u16)port)) &
		       ~((u64)(vm->a20_off ? CONTROL_A_A20 : 0) << 8 * before);
	for (u32 i = 0; i < size; i++)
		value |= (u64)in_byte(vm, port + i) << 8 * i;
	return value;
}

static void out(struct vm *vm, u32 port, u32 size, u64 value)
{
	for (u32 i = 0; i < size; i++)
		out_byte(vm, port + i, (u8)(value >> 8 * i));
}

// Whether the guest may access the byte at its CPL, and where it is: the exit comes before the CPU
// has checked any rights to the memory.
static bool translate(struct cpu *c, const struct paging *p, u64 linear, bool write, u64 *gpa)
{
	struct walk w;

	if (walk_linear(c, p, linear, &w) || !guest_may_access(p, &w, write))
		return false;
	*gpa = w.gpa;
	return true;
}

// Adds to as much of a register as the address size of the instruction says: 0 to 2 for 16 to 64
// bits. Returns what this part is then.
static u64 add(u64 *reg, u64 by, u32 address_size)
{
	u64 mask = address_size == 2 ? ~0ULL : address_size == 1 ? 0xffffffff : 0xffff;
	u64 part = (*reg + by) & mask;

	*reg = address_size ? part : (*reg & ~mask) | part;
	return part;
}

// One element of INS or OUTS: of memory at `gpa` by bytes.
static bool move_element(struct cpu *c, u32 port, u32 size, bool input, const u64 *gpa)
{
	u64 value = input ? in(c->vm, port, size) : 0;
	int error = TESSERA_OK;

	for (u32 i = 0; i < size && !error; i++)
		error = input ? guest_write(c, gpa[i], (u8 *)&value + i, 1)
			      : guest_read(c, gpa[i], (u8 *)&value + i, 1);
	if (!input && !error)
		out(c->vm, port, size, value);
	return !error;
}

// INS and OUTS, an element at each exit; a repeated one then runs again, as after an interrupt. #GP
// where the memory is not accessible. Manual: "Format of the VM-Exit Instruction-Information Field
// as Used for INS and OUTS".
static void string_io(struct cpu *c, struct regs *regs, u32 port, u32 size, u64 qualification)
{
	bool input = qualification & BIT(3), again = false;
	u32 address_size = vmread(EXIT_INSTRUCTION_INFO) >> 7 & 7;
	u64 linear = vmread(GUEST_LINEAR_ADDRESS), gpa[4];
	struct paging paging = guest_paging();

	for (u32 i = 0; i < size; i++)
		if (!translate(c, &paging, linear + i, input, &gpa[i]))
			return guest_inject_gp(c);
	if (!move_element(c, port, size, input, gpa))
		return guest_inject_gp(c);
	add(&regs->gpr[input ? RDI : RSI], vmread(GUEST_RFLAGS) & RFLAGS_DF ? -(u64)size : size,
	    address_size);
	if (qualification & BIT(5)) // REP
		again = add(&regs->gpr[RCX], ~0ULL, address_size);
	if (!again)
		guest_advance(c);
}

void exit_io(struct cpu *c, struct regs *regs)
{
	u64 qualification = vmread(EXIT_QUALIFICATION), *rax = &regs->gpr[RAX];
	u32 port = (u32)(qualification >> 16), size = (qualification & 7) + 1;

	if (qualification & BIT(4))
		return string_io(c, regs, port, size, qualification);
	if (!(qualification & BIT(3)))
		out(c->vm, port, size, *rax);
	else if (size == 4)
		*rax = in(c->vm, port, size);
	else
		*rax = (*rax & ~(BIT(8 * size) - 1)) | in(c->vm, port, size);
	guest_advance(c);
}
