// SPDX-License-Identifier: MIT
// The hypervisor's own memory: reads see zeros, writes vanish, and nothing faults. The host says
// where it is: argument[0] and, its size, argument[1].
#include "hv/lib/string.h"
#include "hv/x86/io.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"
#include "tests/emul/system/agent/stores.h"

static u8 *block(u64 offset)
{
	return (u8 *)argument[0] + offset;
}

static void expect_zeros(const u8 *at, u64 size)
{
	for (u64 i = 0; i < size; i++)
		CHECK(((volatile const u8 *)at)[i] == 0, "0x%lx is not zero", gpa_of(at + i));
}

void hidden_memory_reads_zeros(void)
{
	for (u64 offset = 0; offset < argument[1]; offset += PAGE_SIZE)
		same("word", *(volatile u64 *)block(offset + offset / PAGE_SIZE % 509 * 8), 0);
	expect_zeros(block(0), 256);
	expect_zeros(block(argument[1] - 256), 256);
}

void hidden_memory_swallows_stores(void)
{
	for (u64 offset = 0; offset < argument[1]; offset += PAGE_SIZE)
		CHECK(!denied64(block(offset), ~0ULL), "a store to 0x%lx is denied", offset);
	for (u64 offset = 0; offset < argument[1]; offset += PAGE_SIZE)
		same("word", *(volatile u64 *)block(offset), 0);
}

// Any kind of store runs as on a page of zeros.
void hidden_memory_takes_any_store(void)
{
	static struct result reference, seen;

	for (const struct store *s = stores; s < stores_end; s++) {
		if (!store_available(s))
			continue;
		memset(canvas(), 0, CANVAS_SIZE);
		store_run(s, canvas() + 704, &reference);
		store_run(s, block(SIZE_2M + 704), &seen);
		CHECK(seen.probe.vector == NO_FAULT, "%s: vector %u", s->name, seen.probe.vector);
		same("RAX", seen.probe.gpr[RAX], reference.probe.gpr[RAX]);
		same("RDX", seen.probe.gpr[RDX], reference.probe.gpr[RDX]);
		same("RCX", seen.probe.gpr[RCX], reference.probe.gpr[RCX]);
		expect_zeros(block(SIZE_2M + 704 - 16), 80);
	}
}

// The half that falls on the guest's own memory counts.
void stores_over_the_edge_of_hidden_memory(void)
{
	u64 *below = (u64 *)(block(0) - 8), before = *below;

	CHECK(!denied64(block(0) - 3, 0x1122334455667788), "denied");
	same("half below", *below, (before & 0xffffffffff) | 0x6677880000000000);
	*below = before;
	expect_zeros(block(0), 8);
}

static void copy_string(void)
{
	__asm__ volatile("rep movsb" ::: "memory");
}

void strings_from_and_to_hidden_memory(void)
{
	struct probe p = probe_of(copy_string);

	pattern_fill(page(6), 512, 1);
	p.gpr[RSI] = (u64)page(6);
	p.gpr[RDI] = (u64)block(64);
	p.gpr[RCX] = 300;
	probe_run(&p);
	CHECK(p.vector == NO_FAULT && p.gpr[RCX] == 0, "vector %u", p.vector);
	same("RDI", p.gpr[RDI], (u64)block(364));
	expect_zeros(block(64), 300);
	p = probe_of(copy_string);
	p.gpr[RSI] = (u64)block(PAGE_SIZE - 100);
	p.gpr[RDI] = (u64)page(6);
	p.gpr[RCX] = 200;
	probe_run(&p);
	CHECK(p.vector == NO_FAULT && p.gpr[RCX] == 0, "vector %u", p.vector);
	expect_zeros(page(6), 200);
	same("byte behind", page(6)[200], pattern_byte(200, 1));
}

// Nothing makes it visible: not protection of it, nor page tables that point to it.
void hidden_memory_under_an_alias(void)
{
	u8 *alias = window_map(60, gpa_of(block(0)), PTE_P | PTE_W);

	expect_zeros(alias, 512);
	CHECK(!denied64(alias, ~0ULL), "denied");
	expect_zeros(alias, 8);
}

// C3, and A8 as far as a machine without a Super-I/O chip goes: the console's UART is at 2F8h.
#define CONSOLE 0x2f8

void wide_accesses_beside_hidden_ports(void)
{
	u8 before = inb(CONSOLE - 1), behind = inb(CONSOLE + 8);
	u8 status = inb(CONSOLE + 5), modem = inb(CONSOLE + 6);

	same("word over the lower border", inw(CONSOLE - 1), before | inb(CONSOLE) << 8);
	same("word over the upper border", inw(CONSOLE + 7), inb(CONSOLE + 7) | behind << 8);
	same("word inside", inw(CONSOLE + 5), status | modem << 8);
	same("double word", inl(CONSOLE - 3) & 0xffffff, 0x010101U * before);
	same("word beyond the last port", inw(0xffff) >> 8, 0xff);
}

void configuration_ports_answer(void)
{
	u8 index = inb(0x2e), data = inb(0x4f);

	outb(0x2e, 0x87);
	outw(0x2e, 0x0207);
	outw(0x4e, 0x0060);
	outb(0x2e, 0xaa);
	same("index", inb(0x2e), index);
	same("data", inb(0x4f), data);
	same("both", inw(0x2e), 0x0101U * index);
}

static void in_string(void)
{
	__asm__ volatile("rep insw" ::: "memory");
}

static void out_string(void)
{
	__asm__ volatile("rep outsb" ::: "memory");
}

// C3: INS and OUTS as where there is no UART.
void strings_at_hidden_ports(void)
{
	struct probe p = probe_of(in_string);

	pattern_fill(page(6), 64, 1);
	p.gpr[RDI] = (u64)page(6);
	p.gpr[RCX] = 5;
	p.gpr[RDX] = CONSOLE + 5;
	probe_run(&p);
	CHECK(p.vector == NO_FAULT && p.gpr[RCX] == 0, "INS: vector %u", p.vector);
	same("RDI", p.gpr[RDI], (u64)page(6) + 10);
	for (u32 i = 0; i < 5; i++)
		same("word", ((u16 *)page(6))[i], inw(CONSOLE + 5));
	same("byte behind", page(6)[10], pattern_byte(10, 1));
	p = probe_of(out_string);
	p.gpr[RSI] = (u64)page(6);
	p.gpr[RCX] = 7;
	p.gpr[RDX] = CONSOLE;
	probe_run(&p);
	CHECK(p.vector == NO_FAULT && p.gpr[RCX] == 0, "OUTS: vector %u", p.vector);
	same("RSI", p.gpr[RSI], (u64)page(6) + 7);
}
