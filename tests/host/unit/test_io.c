// SPDX-License-Identifier: MIT
// Sources: vmx/exit/io.c vmx/exit/super_io.c vmx/vmcs/guest.c
// Flags: -iquote tests/host/shell/fake -iquote tests/host/unit/fake
// A8: a guest that tries to move the console's UART by a Super-I/O chip. C3: accesses that only
// partly meet the hidden ports, INS and OUTS. B16: the A20 gate. The ports are a model of a PC with
// a chip at each place.
#include <string.h>

#include "hv/core/guest_memory.h"
#include "hv/core/guest_walk.h"
#include "hv/core/log.h"
#include "hv/core/panic.h"
#include "hv/core/vm.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/insn.h"
#include "hv/x86/io.h"
#include "tests/host/unit/support.h"
#include "vmx/exit/handlers.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/vmcs.h"

#define UART    0x2f8U
#define COM_A   2 // logical devices, as Nuvoton numbers them
#define COM_B   3
#define SENSORS 0xb
#define IN      BIT(3)
#define STRING  BIT(4)

static struct chip {
	bool open;   // in its configuration mode
	u8 unlocked; // how many of the two bytes that open it have come
	u8 number;
	u8 common[0x30];
	u8 device[16][0x100];
} chips[2];

static struct vm vm;
static struct cpu cpu = { .vm = &vm };
static struct boot_info info = { .uart_port = UART };
struct boot_info *boot = &info;
static struct regs regs;
static u64 qualification, injected;
static u32 lines;
static u16 last_port; // of another device that was reached
static u8 last_value;
static u8 control_a;

// The guest's memory, and what its page tables and rules say of all of it.
static u8 memory[0x1000];
static u64 linear, info_of_string, rights_of_cs, rflags;
static u64 pte, cr4;
u32 fake_pkru;
static bool mapped, ruled;
static bool advanced;

u64 vmread(u64 field)
{
	switch (field) {
	case GUEST_LINEAR_ADDRESS:
		return linear;
	case EXIT_INSTRUCTION_INFO:
		return info_of_string;
	case GUEST_RIGHTS(SEG_SS):
		return rights_of_cs;
	case GUEST_RFLAGS:
		return rflags;
	case GUEST_CR4:
		return cr4;
	case HOST_CR4:
		return CR4_PKE;
	}
	return field == EXIT_QUALIFICATION        ? qualification
	       : field == EXIT_INSTRUCTION_LENGTH ? 1
						  : 0;
}

void vmwrite(u64 field, u64 value)
{
	if (field == ENTRY_INTERRUPTION_INFO)
		injected = value;
	if (field == GUEST_RIP)
		advanced = true;
}

int walk_linear(struct cpu *c, const struct paging *p, u64 at, struct walk *out)
{
	(void)c;
	(void)p;
	*out = (struct walk){ .levels = 4, .gpa = at, .all = pte };
	out->at[3].entry = pte;
	return mapped ? TESSERA_OK : TESSERA_BAD_ADDRESS;
}

int guest_read(struct cpu *c, u64 gpa, void *to, u64 length)
{
	(void)c;
	memcpy(to, memory + gpa, length);
	return TESSERA_OK;
}

int guest_write(struct cpu *c, u64 gpa, const void *from, u64 length)
{
	(void)c;
	if (ruled)
		return TESSERA_PROTECTED;
	memcpy(memory + gpa, from, length);
	return TESSERA_OK;
}

bool linear_is_canonical(u64 address, u64 bits);

bool linear_is_canonical(u64 address, u64 bits)
{
	(void)address;
	(void)bits;
	return true;
}

void machine_triple_fault(struct cpu *c)
{
	(void)c;
	fail_msg("triple fault");
	abort();
}

void log_write(enum log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
	lines++;
}

static struct chip *chip_at(u16 port)
{
	return (port & ~1) == 0x2e ? &chips[0] : (port & ~1) == 0x4e ? &chips[1] : NULL;
}

static u8 *chip_register(struct chip *c)
{
	return c->number < 0x30 ? &c->common[c->number] : &c->device[c->common[7] & 15][c->number];
}

u8 inb(u16 port)
{
	struct chip *c = chip_at(port);

	if (port - UART < 8)
		fail_msg("the guest reads the UART");
	if (port == PORT_CONTROL_A)
		return control_a;
	if (!c)
		return (u8)(port ^ 0x5a);
	if (!c->open)
		return 0xff;
	return port & 1 ? *chip_register(c) : c->number;
}

static void write_index(struct chip *c, u8 value)
{
	c->unlocked = value == 0x87 ? c->unlocked + 1 : 0;
	if (c->unlocked == 2)
		c->open = true;
	if (value == 0xaa)
		c->open = false;
	c->number = value;
}

void outb(u16 port, u8 value)
{
	struct chip *c = chip_at(port);

	if (port - UART < 8)
		fail_msg("the guest writes to the UART");
	if (port == PORT_CONTROL_A) {
		assert_true(value & CONTROL_A_A20); // the gate stays open
		control_a = value;
	} else if (!c) {
		last_port = port;
		last_value = value;
	} else if (!(port & 1)) {
		write_index(c, value);
	} else if (c->open) {
		*chip_register(c) = value;
	}
}

static u64 guest_io(u16 port, u32 size, u64 flags, u64 rax)
{
	qualification = (u64)port << 16 | (size - 1) | flags;
	regs.gpr[RAX] = rax;
	injected = 0;
	exit_io(&cpu, &regs);
	return regs.gpr[RAX];
}

static void out8(u16 port, u8 value)
{
	guest_io(port, 1, 0, value);
}

static u8 in8(u16 port)
{
	return (u8)guest_io(port, 1, IN, 0);
}

static void set(u16 chip, u8 number, u8 value)
{
	out8(chip, number);
	out8(chip + 1, value);
}

static u8 get(u16 chip, u8 number)
{
	out8(chip, number);
	return in8(chip + 1);
}

static void choose(u16 chip, u8 device)
{
	out8(chip, 0x87);
	out8(chip, 0x87);
	set(chip, 7, device);
}

static void place(struct chip *c, u8 device, u16 base)
{
	c->device[device][0x60] = (u8)(base >> 8);
	c->device[device][0x61] = (u8)base;
	c->device[device][0x30] = 1;
}

static u16 base_of(const struct chip *c, u8 device)
{
	return (u16)(c->device[device][0x60] << 8 | c->device[device][0x61]);
}

static int fresh(void **state)
{
	(void)state;
	memset(chips, 0, sizeof(chips));
	memset(&vm, 0, sizeof(vm));
	for (u32 i = 0; i < 2; i++) {
		place(&chips[i], COM_A, 0x3f8);
		place(&chips[i], COM_B, UART);
		place(&chips[i], SENSORS, 0x290);
	}
	lines = 0;
	last_port = 0;
	control_a = CONTROL_A_A20;
	memset(memory, 0xcc, sizeof(memory));
	pte = BIT(0) | PTE_WRITE | PTE_DIRTY;
	mapped = true;
	ruled = false;
	rights_of_cs = 0;
	cr4 = fake_pkru = 0;
	rflags = 2;
	return 0;
}

static void the_uart_stays_where_it_is(void **state)
{
	static const u8 numbers[] = { 0x30, 0x60, 0x61, 0x62, 0x70, 0xf0, 0xff };
	static const u16 places[] = { 0x2e, 0x4e };

	(void)state;
	for (u32 i = 0; i < 2; i++) {
		struct chip before;

		choose(places[i], COM_B);
		before = chips[i];
		for (u32 k = 0; k < ARRAY_SIZE(numbers); k++) {
			set(places[i], numbers[k], 0x42);
			assert_int_equal(chips[i].number, numbers[k]);
		}
		assert_memory_equal(chips[i].device, before.device, sizeof(before.device));
	}
	assert_true(vm.counters.uart_moves >= 2 * ARRAY_SIZE(numbers));
	assert_in_range(lines, 1, 5);
}

// 0x2e and 0x2f in one instruction: the index and then the data.
static void wide_writes_do_not_move_it_either(void **state)
{
	(void)state;
	choose(0x2e, COM_B);
	guest_io(0x2e, 2, 0, 0x30 | 0 << 8);
	guest_io(0x2e, 2, 0, 0x60 | 5 << 8);
	guest_io(0x2d, 4, 0, 0x00056000);
	guest_io(0x2c, 4, 0, 0x05600000);
	assert_int_equal(base_of(&chips[0], COM_B), UART);
	assert_int_equal(chips[0].device[COM_B][0x30], 1);
	guest_io(0x2e, 2, 0, 7 | COM_A << 8); // which other drivers do, too
	assert_int_equal(chips[0].common[7], COM_A);
}

// With what all devices share, the chip could be reset or its ports moved.
static void common_registers_are_kept(void **state)
{
	(void)state;
	choose(0x2e, SENSORS);
	for (u32 number = 0; number < 0x30; number++)
		if (number != 7)
			set(0x2e, (u8)number, 0xa5);
	for (u32 number = 0; number < 0x30; number++)
		assert_int_equal(chips[0].common[number], number == 7 ? SENSORS : 0);
	set(0x2e, 2, 2); // leaves the configuration mode of chips of ITE
	assert_int_equal(chips[0].common[2], 2);
}

static void nothing_else_is_put_over_it(void **state)
{
	(void)state;
	choose(0x2e, COM_A);
	set(0x2e, 0x61, UART & 0xff);
	set(0x2e, 0x60, UART >> 8);
	assert_int_not_equal(base_of(&chips[0], COM_A), UART);
	choose(0x4e, SENSORS);
	set(0x4e, 0x63, 0x80);
	set(0x4e, 0x62, 0x02); // 0x280, where a device of 128 ports reaches it
	assert_int_not_equal(chips[1].device[SENSORS][0x62], 0x02);
}

static void other_devices_are_the_guests(void **state)
{
	(void)state;
	choose(0x2e, SENSORS);
	assert_int_equal(get(0x2e, 0x60) << 8 | get(0x2e, 0x61), 0x290);
	set(0x2e, 0x60, 0x02); // as it is
	set(0x2e, 0x30, 0);
	set(0x2e, 0xf1, 0x77);
	assert_int_equal(chips[0].device[SENSORS][0x30], 0);
	assert_int_equal(chips[0].device[SENSORS][0xf1], 0x77);
	choose(0x2e, COM_A);
	set(0x2e, 0x60, 0x0a);
	assert_int_equal(base_of(&chips[0], COM_A), 0xaf8);
	assert_int_equal(get(0x2e, 0x61), 0xf8);
	out8(0x2e, 0xaa);
	assert_false(chips[0].open);
	assert_int_equal(in8(0x2e), 0xff);
	assert_int_equal(lines, 0);
}

static void wide_accesses_over_the_border(void **state)
{
	(void)state;
	// One byte of another device before the UART's ports, and one behind them.
	assert_int_equal(guest_io(UART - 1, 2, IN, ~0ULL), 0xffffffffffff0000 | (0xf7 ^ 0x5a));
	assert_int_equal(guest_io(UART + 7, 2, IN, 0), (u64)(u8)(0x300 ^ 0x5a) << 8);
	assert_int_equal(guest_io(UART - 3, 4, IN, ~0ULL),
			 (0xf5 ^ 0x5a) | (0xf6 ^ 0x5a) << 8 | (0xf7 ^ 0x5a) << 16);
	assert_int_equal(guest_io(UART + 5, 2, IN, 0), 0xb060); // as two narrow ones
	guest_io(UART - 1, 2, 0, 0xbbaa);
	assert_int_equal(last_port, UART - 1);
	assert_int_equal(last_value, 0xaa);
	guest_io(UART + 6, 4, 0, 0xddccbbaa);
	assert_int_equal(last_port, UART + 9);
	assert_int_equal(last_value, 0xdd);
	assert_int_equal(guest_io(0xffff, 2, IN, 0), 0xff00 | (0xff ^ 0x5a)); // nothing beyond
}

static void the_a20_gate_stays_open(void **state)
{
	(void)state;
	assert_int_equal(in8(PORT_CONTROL_A), CONTROL_A_A20);
	out8(PORT_CONTROL_A, 0x40);
	assert_int_equal(control_a, 0x42);
	assert_int_equal(in8(PORT_CONTROL_A), 0x40);
	out8(PORT_CONTROL_A, 0x82);
	assert_int_equal(control_a, 0x82);
	assert_int_equal(in8(PORT_CONTROL_A), 0x82);
	guest_io(PORT_CONTROL_A - 1, 2, 0, 0x10aa); // with its neighbour
	assert_int_equal(last_port, PORT_CONTROL_A - 1);
	assert_int_equal(control_a, 0x12);
	assert_int_equal(guest_io(PORT_CONTROL_A, 2, IN, 0), (u8)(0x93 ^ 0x5a) << 8 | 0x10);
	out8(PORT_CONTROL_A, CONTROL_A_RESET);
	assert_int_equal(control_a, CONTROL_A_RESET | CONTROL_A_A20);
}

// One element. Returns whether the instruction is done; an injected fault counts as not done.
static bool guest_string(u16 port, u32 size, u64 flags, u32 address_size)
{
	info_of_string = address_size << 7;
	linear = regs.gpr[flags & IN ? RDI : RSI] & 0xfff;
	advanced = false;
	guest_io(port, size, flags | STRING, regs.gpr[RAX]);
	return advanced;
}

static void strings_come_from_an_absent_uart(void **state)
{
	(void)state;
	regs = (struct regs){ .gpr = { [RDI] = 0x10, [RSI] = 0x20, [RCX] = 3, [RAX] = 0x1234 } };
	assert_true(guest_string(UART + 5, 1, IN, 2));
	assert_int_equal(memory[0x10], 0x60);
	assert_int_equal(memory[0x11], 0xcc);
	assert_int_equal(regs.gpr[RDI], 0x11);
	assert_int_equal(regs.gpr[RCX], 3); // no REP
	assert_int_equal(regs.gpr[RAX], 0x1234);
	assert_true(guest_string(UART - 1, 2, IN, 2));
	assert_int_equal(memory[0x11], 0xf7 ^ 0x5a);
	assert_int_equal(memory[0x12], 0);
	assert_true(guest_string(UART, 4, 0, 2)); // into the void
	assert_int_equal(regs.gpr[RSI], 0x24);
	memory[0x25] = 0x77;
	assert_true(guest_string(UART - 2, 2, 0, 2));
	assert_int_equal(last_value, 0x77);
	assert_int_equal(injected, 0);
}

static void repeated_strings_run_to_their_end(void **state)
{
	(void)state;
	regs = (struct regs){ .gpr = { [RDI] = 0xffffffff00000012, [RCX] = 0xffff00000003 } };
	rflags |= RFLAGS_DF;
	assert_false(guest_string(UART + 6, 2, IN | BIT(5), 0)); // 16-bit addresses
	assert_int_equal(regs.gpr[RDI], 0xffffffff00000010);
	assert_int_equal(regs.gpr[RCX], 0xffff00000002);
	assert_false(guest_string(UART + 6, 2, IN | BIT(5), 0));
	assert_true(guest_string(UART + 6, 2, IN | BIT(5), 0));
	assert_int_equal(regs.gpr[RCX], 0xffff00000000);
	assert_int_equal(memory[0xe], 0xb0);
	assert_int_equal(injected, 0);
	regs.gpr[RCX] = 0xffffffff00000002;
	assert_false(guest_string(UART, 1, BIT(5), 1)); // 32-bit ones clear the upper half
	assert_int_equal(regs.gpr[RCX], 1);
	assert_int_equal(regs.gpr[RSI], 0xffffffff);
}

static void strings_stay_out_of_others_memory(void **state)
{
	static const struct {
		u64 pte, cpl;
		bool mapped, ruled;
	} bad[] = {
		{ PTE_WRITE | PTE_DIRTY, 3, true, false },
		{ PTE_DIRTY, 0, true, false },
		{ PTE_USER | PTE_DIRTY, 3, true, false },
		{ PTE_WRITE, 0, true, false },
		{ PTE_WRITE | PTE_DIRTY, 0, false, false },
		{ PTE_WRITE | PTE_DIRTY, 0, true, true },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		regs = (struct regs){ .gpr = { [RDI] = 0x10 } };
		pte = bad[i].pte;
		rights_of_cs = bad[i].cpl << 5;
		mapped = bad[i].mapped;
		ruled = bad[i].ruled;
		assert_false(guest_string(UART, 1, IN, 2));
		assert_int_equal(injected & 0xff, VECTOR_GP);
		assert_int_equal(memory[0x10], 0xcc);
		assert_int_equal(regs.gpr[RDI], 0x10);
	}
}

// A1's kind: the exit comes before the CPU has asked SMAP and the keys, so Tessera asks them.
static void strings_keep_to_smap_and_keys(void **state)
{
	static const struct {
		u64 cpl, cr4, rflags;
		u32 pkru;
		bool in, out; // whether IN and OUT strings are carried out
	} cases[] = {
		{ 0, 0, 0, 0, true, true },
		{ 0, CR4_SMAP, 0, 0, false, false },
		{ 0, CR4_SMAP, RFLAGS_AC, 0, true, true },
		{ 3, CR4_SMAP, 0, 0, true, true },
		{ 3, CR4_PKE, 0, 0, true, true },
		{ 3, CR4_PKE, 0, 1, false, false }, // access disabled
		{ 3, CR4_PKE, 0, 2, false, true },  // write disabled
		{ 3, CR4_PKE, 0, ~3U, true, true }, // of other keys
	};

	(void)state;
	pte = BIT(0) | PTE_WRITE | PTE_DIRTY | PTE_USER;
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		regs = (struct regs){ 0 };
		rights_of_cs = cases[i].cpl << 5;
		cr4 = cases[i].cr4;
		rflags = 2 | cases[i].rflags;
		fake_pkru = cases[i].pkru;
		assert_int_equal(guest_string(UART, 1, IN, 2), cases[i].in);
		assert_int_equal(guest_string(UART, 1, 0, 2), cases[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_uart_stays_where_it_is, fresh),
		cmocka_unit_test_setup(wide_writes_do_not_move_it_either, fresh),
		cmocka_unit_test_setup(common_registers_are_kept, fresh),
		cmocka_unit_test_setup(nothing_else_is_put_over_it, fresh),
		cmocka_unit_test_setup(other_devices_are_the_guests, fresh),
		cmocka_unit_test_setup(wide_accesses_over_the_border, fresh),
		cmocka_unit_test_setup(the_a20_gate_stays_open, fresh),
		cmocka_unit_test_setup(strings_come_from_an_absent_uart, fresh),
		cmocka_unit_test_setup(repeated_strings_run_to_their_end, fresh),
		cmocka_unit_test_setup(strings_stay_out_of_others_memory, fresh),
		cmocka_unit_test_setup(strings_keep_to_smap_and_keys, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
