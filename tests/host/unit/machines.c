// SPDX-License-Identifier: MIT
#include "tests/host/unit/machines.h"

#define ALL(type) ((type)*0x0101010101010101ULL)

// Low 640 KiB WB, VGA UC, the rest as given.
#define FIXED(option, bios)                                                               \
	.fixed = {                                                                        \
		ALL(6ULL),   ALL(6ULL), 0,         ALL(option), ALL(option), ALL(option), \
		ALL(option), ALL(bios), ALL(bios), ALL(bios),   ALL(bios),                \
	}

const struct machine machines[] = {
	{ "QEMU q35 with OVMF, 40 bits",
	  { .present = true,
	    .addr_bits = 40,
	    .cap = 0x508,
	    .def_type = 0xc06,
	    .variable = 8,
	    FIXED(5ULL, 5ULL),
	    .base = { 0x0080000000, 0x8000000000 },
	    .mask = { 0xff80000800, 0xf800000800 } } },
	{ "laptop, WB with UC holes, 39 bits",
	  { .present = true,
	    .addr_bits = 39,
	    .cap = 0x1d0a,
	    .def_type = 0xc06,
	    .variable = 10,
	    FIXED(5ULL, 5ULL),
	    .base = { 0x00c0000000, 0x00a0000000, 0x0090000000, 0x008c000000, 0x008b000000,
		      0x008a800000, 0x4000000000 },
	    .mask = { 0x7fc0000800, 0x7fe0000800, 0x7ff0000800, 0x7ffc000800, 0x7fff000800,
		      0x7fff800800, 0x7000000800 } } },
	{ "server, UC with many overlapping ranges, 46 bits",
	  { .present = true,
	    .addr_bits = 46,
	    .cap = 0x1d0a,
	    .def_type = 0xc00,
	    .variable = 10,
	    FIXED(4ULL, 6ULL),
	    .base = { 0x000000000006, 0x00007f000000, 0x000100000006, 0x000200000006,
		      0x000400000006, 0x000800000006, 0x000180000004, 0x0001c0000005,
		      0x300000000001, 0x00007fc00000 },
	    .mask = { 0x3fff80000800, 0x3fffff000800, 0x3fff00000800, 0x3ffe00000800,
		      0x3ffc00000800, 0x3ff800000800, 0x3ffffc000800, 0x3fffffe00800,
		      0x3ff000000800, 0x3fffffc00800 } } },
	{ "old desktop, 36 bits, WB cut by UC, a 4 KiB range",
	  { .present = true,
	    .addr_bits = 36,
	    .cap = 0x508,
	    .def_type = 0xc00,
	    .variable = 8,
	    FIXED(6ULL, 0ULL),
	    .base = { 0x000000006, 0x0d0000000, 0x0e0000000, 0x0cff80000, 0x100000006, 0x0cff7f000,
		      0x0cff7e001 },
	    .mask = { 0xf00000800, 0xff0000800, 0xfe0000800, 0xfff800800, 0xfe0000800, 0xffffff800,
		      0xffffff800 } } },
	{ "fixed ranges off, 36 bits",
	  { .present = true,
	    .addr_bits = 36,
	    .cap = 0x508,
	    .def_type = 0x806,
	    .variable = 8,
	    FIXED(5ULL, 5ULL),
	    .base = { 0x0c0000000 },
	    .mask = { 0xfc0000800 } } },
	{ "no fixed ranges in IA32_MTRRCAP, 52 bits",
	  { .present = true,
	    .addr_bits = 52,
	    .cap = 0x408,
	    .def_type = 0xc06,
	    .variable = 8,
	    FIXED(5ULL, 5ULL),
	    .base = { 0x0000080000000, 0x8000000000000 },
	    .mask = { 0xfffff80000800, 0x8000000000800 } } },
	{ "MTRRs disabled, 39 bits",
	  { .present = true,
	    .addr_bits = 39,
	    .cap = 0x508,
	    .def_type = 0x406,
	    .variable = 8,
	    FIXED(6ULL, 6ULL),
	    .base = { 6 },
	    .mask = { 0x7f80000800 } } },
	{ "no MTRRs, 36 bits", { .addr_bits = 36 } },
	{ "a reserved type, and a mask with a hole, 36 bits",
	  { .present = true,
	    .addr_bits = 36,
	    .cap = 0x508,
	    .def_type = 0xc06,
	    .variable = 8,
	    FIXED(3ULL, 7ULL),
	    .base = { 0x040000003, 0x080000004 },
	    .mask = { 0xfffe00800, 0xfdff00800 } } },
};

const u32 machine_count = ARRAY_SIZE(machines);

unsigned naive_type(const struct mtrr_state *m, u64 gpa)
{
	unsigned seen[256] = { 0 }, kinds = 0, last = 0;

	if (!m->present)
		return 6;
	if (!(m->def_type & 0x800))
		return 0;
	if (gpa < 0x100000 && (m->def_type & 0x400) && (m->cap & 0x100)) {
		unsigned reg = gpa < 0x80000   ? 0
			       : gpa < 0xc0000 ? 1 + (gpa - 0x80000) / 0x20000
					       : 3 + (gpa - 0xc0000) / 0x8000;
		u64 unit = gpa < 0x80000 ? 0x10000 : gpa < 0xc0000 ? 0x4000 : 0x1000;
		unsigned type = m->fixed[reg] >> (gpa / unit % 8 * 8) & 0xff;

		return type == 1 || type == 4 || type == 5 || type == 6 ? type : 0;
	}
	for (u32 i = 0; i < m->variable; i++) {
		unsigned match = m->mask[i] & 0x800;

		for (unsigned bit = 12; bit < m->addr_bits; bit++)
			if ((m->mask[i] >> bit & 1) && ((m->base[i] ^ gpa) >> bit & 1))
				match = 0;
		if (match && !seen[m->base[i] & 0xff]++) {
			kinds++;
			last = m->base[i] & 0xff;
		}
	}
	if (kinds == 0)
		last = m->def_type & 0xff;
	else if (kinds == 2 && seen[4] && seen[6])
		last = 4;
	else if (kinds > 1)
		last = 0;
	return last == 1 || last == 4 || last == 5 || last == 6 ? last : 0;
}
