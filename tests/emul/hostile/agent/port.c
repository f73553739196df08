// SPDX-License-Identifier: MIT
// IN of every port, and IN, OUT, INS and OUTS of chosen ones, in all widths, at CPL 0 and 3.
#include "hv/lib/string.h"
#include "tests/emul/hostile/agent/hostile.h"

#define PORTS 0x10000

struct range {
	u16 first, last;
};

// Not read: the console, disks, and what a read by itself changes.
static const struct range never_read[] = {
	{ 0x1f0, 0x1f7 }, { 0x170, 0x177 }, { 0x376, 0x376 }, { 0x3f0, 0x3ff }, // disks and COM1
	{ 0x60, 0x64 },   { 0x510, 0x51f },                                     // keyboard, fw_cfg
};

// The value depends on the time or on what the firmware and the loader did.
static const struct range values_differ[] = {
	{ 0x0, 0x1f },    { 0x20, 0x21 },   { 0xa0, 0xa1 },     { 0x40, 0x5f },
	{ 0x61, 0x61 },   { 0x70, 0x77 },   { 0xc0, 0xdf },     { 0x3b0, 0x3df },
	{ 0x402, 0x402 }, { 0xcf8, 0xcff }, { 0xb000, 0xb0ff }, { 0xc000, 0xffff },
};

// The hypervisor's UART (COM2).
#define HIDDEN_FIRST 0x2f8
#define HIDDEN_LAST  0x2ff

// Written: no device is there, or it takes any value.
static const u16 written[] = {
	0x80, 0x84, 0x88, 0xed, 0x278, 0x300, 0x240, 0x1234, 0x5678, 0x8000
};

enum access { IN, OUT, INS, OUTS, ACCESSES };
static const char *const names[ACCESSES] = { "in", "out", "ins", "outs" };
static const u8 opcodes[ACCESSES] = { 0xec, 0xee, 0x6c, 0x6e }; // of one byte; +1 for more

static bool overlaps(const struct range *ranges, u32 count, u32 port, u32 width)
{
	for (u32 i = 0; i < count; i++)
		if (port <= ranges[i].last && port + width > ranges[i].first)
			return true;
	return false;
}

static bool is_hidden(u32 port, u32 width)
{
	const struct range uart = { HIDDEN_FIRST, HIDDEN_LAST };

	return overlaps(&uart, 1, port, width);
}

static u32 random_port(struct hostile *h, enum access a)
{
	if (chance_below(h, 4) == 0)
		return HIDDEN_FIRST - 4 + (u32)chance_below(h, 12);
	if (a == OUT || a == OUTS)
		return written[chance_below(h, ARRAY_SIZE(written))];
	return (u32)chance_below(h, PORTS);
}

static void play(struct hostile *h)
{
	bool listed = h->number < PORTS;
	enum access a = listed ? IN : chance_below(h, ACCESSES);
	u32 port = listed ? (u32)h->number : random_port(h, a);
	u32 width = 1U << chance_below(h, 3), n = 0;
	u32 cpl = chance_below(h, 8) ? 0 : 3;
	bool string = a == INS || a == OUTS;
	u8 bytes[3], *data = own_page(OWN_DATA);
	struct probe p;

	h->apart = is_hidden(port, width) && !cpl;
	about(h, "%s%s %x, %u bytes, at CPL %u", h->apart ? "hidden " : "", names[a], port, width,
	      cpl);
	if (overlaps(never_read, ARRAY_SIZE(never_read), port, width))
		return;
	if (string)
		bytes[n++] = 0xf3;
	if (width == 2)
		bytes[n++] = 0x66;
	bytes[n++] = opcodes[a] + (width > 1);
	p = probe_of(place_code(bytes, n, cpl));
	memset(data, 0x5a, 64);
	p.gpr[RAX] = 0x1122334455667788;
	p.gpr[RCX] = string ? 1 + chance_below(h, 4) : 0;
	p.gpr[RDX] = port;
	p.gpr[RSI] = p.gpr[RDI] = (u64)data;
	if (!overlaps(values_differ, ARRAY_SIZE(values_differ), port, width)) {
		run_and_note(h, &p, cpl);
		note(h, "data", *(u64 *)data);
		return;
	}
	if (cpl)
		probe_run_user(&p);
	else
		probe_run(&p);
	note(h, "vector", p.vector);
}

const struct group port_group = {
	.name = "port", .cases = PORTS, .random = true, .alone = true, .play = play
};
