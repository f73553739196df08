// SPDX-License-Identifier: MIT
// Sources: hv/console/uart.c
// Flags: -iquote tests/host/shell/fake
// The UART driver on a model of a 16550: set-up, FIFO, damaged bytes, absent and lost lines.
#include <string.h>

#include "hv/console/uart.h"
#include "hv/x86/io.h"
#include "tests/host/test.h"

#define PORT 0x2f8

static struct {
	bool absent;
	bool no_fifo;
	bool stuck; // never gets rid of what it should send
	u8 reg[8];
	u16 divisor;
	u8 fifo_control;
	u32 in_fifo; // bytes waiting to be sent
	u8 sent[256];
	u32 sent_count;
	u8 line_errors; // of the next byte received
	u8 received[64];
	u32 received_at, received_count;
	u32 reads;
} model;

static u8 read_data(void)
{
	model.line_errors = 0;
	return model.received_at < model.received_count ? model.received[model.received_at++] : 0;
}

static u8 read_line_status(void)
{
	u8 status = model.line_errors;

	if (model.received_at < model.received_count)
		status |= 0x01;
	if (!model.in_fifo)
		status |= 0x60;
	return status;
}

static u8 read_modem_status(void)
{
	u8 control = model.reg[4];

	if (!(control & 0x10))
		return 0x10;
	return (u8)((control & 0x02) << 3 | (control & 0x01) << 5 | (control & 0x04) << 4 |
		    (control & 0x08) << 4);
}

u8 inb(u16 port)
{
	model.reads++;
	assert_in_range(port, PORT, PORT + 7);
	if (model.absent)
		return 0xff;
	switch (port - PORT) {
	case 0:
		return read_data();
	case 2:
		return model.fifo_control & 1 && !model.no_fifo ? 0xc1 : 0x01;
	case 5:
		return read_line_status();
	case 6:
		return read_modem_status();
	default:
		return model.reg[port - PORT];
	}
}

static void send(u8 value)
{
	assert_true(model.in_fifo < (model.no_fifo ? 1 : 16));
	model.in_fifo++;
	model.sent[model.sent_count++] = value;
}

static void set_fifo(u8 value)
{
	model.fifo_control = value;
	if (value & 2)
		model.received_at = model.received_count;
}

void outb(u16 port, u8 value)
{
	u16 index = port - PORT;

	assert_in_range(port, PORT, PORT + 7);
	if (model.absent)
		return;
	if (index == 0 && model.reg[3] & 0x80)
		model.divisor = (u16)((model.divisor & 0xff00) | value);
	else if (index == 1 && model.reg[3] & 0x80)
		model.divisor = (u16)((model.divisor & 0x00ff) | value << 8);
	else if (index == 0)
		send(value);
	else if (index == 2)
		set_fifo(value);
	else
		model.reg[index] = value;
}

static void line_goes_quiet(void)
{
	model.in_fifo = 0;
}

static struct uart uart;

static int fresh(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	return 0;
}

static void set_up_is_8n1_with_fifo_and_no_interrupts(void **state)
{
	static const struct {
		u32 baud;
		u16 divisor;
	} rates[] = { { 0, 1 },     { 115200, 1 }, { 57600, 2 }, { 9600, 12 },
		      { 300, 384 }, { 2, 57600 },  { 1, 57600 }, { 4000000, 1 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		assert_true(uart_init(&uart, PORT, rates[i].baud));
		assert_int_equal(model.divisor, rates[i].divisor);
	}
	assert_int_equal(model.reg[3], 0x03);
	assert_int_equal(model.reg[1], 0);
	assert_int_equal(model.reg[4] & 0x13, 0x03);
	assert_int_equal(model.fifo_control & 1, 1);
}

static void the_fifo_is_filled_without_asking_again(void **state)
{
	(void)state;
	assert_true(uart_init(&uart, PORT, 115200));
	model.reads = 0;
	for (int i = 0; i < 16; i++)
		assert_true(uart.tty.put(&uart.tty, (char)('a' + i)));
	assert_int_equal(model.reads, 1);
	assert_false(uart.tty.put(&uart.tty, 'q'));
	line_goes_quiet();
	assert_true(uart.tty.put(&uart.tty, 'q'));
	assert_int_equal(model.sent_count, 17);
	assert_memory_equal(model.sent, "abcdefghijklmnopq", 17);
}

static void without_a_fifo_bytes_go_one_by_one(void **state)
{
	(void)state;
	model.no_fifo = true;
	assert_true(uart_init(&uart, PORT, 115200));
	assert_true(uart.tty.put(&uart.tty, 'a'));
	assert_false(uart.tty.put(&uart.tty, 'b'));
	line_goes_quiet();
	assert_true(uart.tty.put(&uart.tty, 'b'));
}

static void bytes_come_in(void **state)
{
	(void)state;
	assert_true(uart_init(&uart, PORT, 115200));
	assert_int_equal(uart.tty.get(&uart.tty), -1);
	memcpy(model.received, "\x00\xffz", 3);
	model.received_count = 3;
	assert_int_equal(uart.tty.get(&uart.tty), 0);
	assert_int_equal(uart.tty.get(&uart.tty), 0xff);
	assert_int_equal(uart.tty.get(&uart.tty), 'z');
	assert_int_equal(uart.tty.get(&uart.tty), -1);
	assert_int_equal(uart.tty.lost, 0);
}

static void lost_and_damaged_bytes_are_counted(void **state)
{
	(void)state;
	assert_true(uart_init(&uart, PORT, 115200));
	memcpy(model.received, "abc", 3);
	model.received_count = 3;
	model.line_errors = 0x02; // overrun: this byte is good, one before it is gone
	assert_int_equal(uart.tty.get(&uart.tty), 'a');
	assert_int_equal(uart.tty.lost, 1);
	model.line_errors = 0x08; // framing
	assert_int_equal(uart.tty.get(&uart.tty), -1);
	assert_int_equal(uart.tty.lost, 2);
	assert_int_equal(uart.tty.get(&uart.tty), 'c');
}

static void an_absent_uart_swallows_and_says_nothing(void **state)
{
	(void)state;
	model.absent = true;
	assert_false(uart_init(&uart, PORT, 115200));
	model.reads = 0;
	assert_int_equal(uart.tty.get(&uart.tty), -1);
	assert_true(uart.tty.put(&uart.tty, 'a'));
	uart_put_blocking(&uart, 'a');
	assert_int_equal(model.reads, 0);
	assert_false(uart_init(&uart, 0, 115200));
	assert_true(uart.tty.put(&uart.tty, 'a'));
}

static void a_lost_uart_never_holds_anybody_up(void **state)
{
	(void)state;
	assert_true(uart_init(&uart, PORT, 115200));
	model.absent = true;
	model.reads = 0;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(uart.tty.get(&uart.tty), -1);
		assert_true(uart.tty.put(&uart.tty, 'x'));
		uart_put_blocking(&uart, 'y');
	}
	assert_in_range(model.reads, 1, 800);
	assert_int_equal(uart.tty.lost, 0);
	model.absent = false;
	assert_true(uart.tty.put(&uart.tty, 'z'));
	assert_int_equal(model.sent_count, 1);
}

// The UART is set up again: what was typed before is gone, the operator's next byte comes in.
static void expect_a_fresh_line(void)
{
	u32 changes = uart.changes;

	assert_int_equal(uart.tty.get(&uart.tty), -1);
	assert_false(uart.changed);
	assert_int_equal(model.divisor, 1);
	assert_int_equal(model.reg[3], 0x03);
	assert_int_equal(model.reg[4], 0x0b);
	model.received[model.received_count++] = 'o';
	assert_int_equal(uart.tty.get(&uart.tty), 'o');
	assert_int_equal(uart.tty.get(&uart.tty), -1);
	assert_int_equal(uart.changes, changes);
}

// A8: the guest moves the UART, types on it in loopback, and moves it back.
static void a_uart_that_was_changed_drops_what_was_typed(void **state)
{
	static const struct {
		u8 reg, value;
	} changes[] = { { 1, 0x01 }, { 3, 0x1b }, { 4, 0x1b }, { 4, 0x0a }, { 3, 0x83 } };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(changes); i++) {
		memset(&model, 0, sizeof(model));
		assert_true(uart_init(&uart, PORT, 115200));
		assert_int_equal(uart.tty.get(&uart.tty), -1);
		assert_false(uart.changed);
		u8 before = model.reg[changes[i].reg];

		model.reg[changes[i].reg] = changes[i].value;
		memcpy(model.received, "reboot\r", 7);
		model.received_count = 7;
		assert_int_equal(uart.tty.get(&uart.tty), -1);
		assert_true(uart.changed);
		model.reg[changes[i].reg] = before;
		expect_a_fresh_line();
		assert_true(uart.tty.put(&uart.tty, 'x'));
		assert_int_equal(model.sent_count, 1);
	}
}

// Another device at its ports does not know the mark in the scratch register.
static void a_uart_that_was_replaced_drops_what_was_typed(void **state)
{
	u8 mark;

	(void)state;
	assert_true(uart_init(&uart, PORT, 115200));
	mark = model.reg[7];
	memcpy(model.received, "ab", 2);
	model.received_count = 2;
	assert_int_equal(uart.tty.get(&uart.tty), 'a');
	model.reg[7] = mark ^ 1;
	assert_int_equal(uart.tty.get(&uart.tty), -1);
	assert_true(uart.changed);
	model.reg[7] = mark;
	expect_a_fresh_line();
}

static void a_uart_that_was_away_drops_what_was_typed(void **state)
{
	(void)state;
	assert_true(uart_init(&uart, PORT, 115200));
	model.absent = true;
	for (u32 i = 0; i < 10; i++)
		assert_int_equal(uart.tty.get(&uart.tty), -1);
	assert_int_equal(uart.changes, 1);
	model.absent = false;
	memcpy(model.received, "a", 1);
	model.received_count = 1;
	expect_a_fresh_line();
}

static void waiting_for_a_stuck_line_ends(void **state)
{
	(void)state;
	assert_true(uart_init(&uart, PORT, 115200));
	for (int i = 0; i < 16; i++)
		uart_put_blocking(&uart, 'x');
	model.reads = 0;
	uart_put_blocking(&uart, 'y');
	assert_in_range(model.reads, 10000, 1000000);
	assert_int_equal(model.sent_count, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(set_up_is_8n1_with_fifo_and_no_interrupts, fresh),
		cmocka_unit_test_setup(the_fifo_is_filled_without_asking_again, fresh),
		cmocka_unit_test_setup(without_a_fifo_bytes_go_one_by_one, fresh),
		cmocka_unit_test_setup(bytes_come_in, fresh),
		cmocka_unit_test_setup(lost_and_damaged_bytes_are_counted, fresh),
		cmocka_unit_test_setup(an_absent_uart_swallows_and_says_nothing, fresh),
		cmocka_unit_test_setup(a_lost_uart_never_holds_anybody_up, fresh),
		cmocka_unit_test_setup(a_uart_that_was_changed_drops_what_was_typed, fresh),
		cmocka_unit_test_setup(a_uart_that_was_replaced_drops_what_was_typed, fresh),
		cmocka_unit_test_setup(a_uart_that_was_away_drops_what_was_typed, fresh),
		cmocka_unit_test_setup(waiting_for_a_stuck_line_ends, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
