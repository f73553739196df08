// SPDX-License-Identifier: MIT
#include "tests/host/unit/reference.h"

static u64 bits(u64 value, unsigned high, unsigned low)
{
	return (value >> low) & ((high - low == 63) ? ~0ULL : (1ULL << (high - low + 1)) - 1);
}

// Physical memory: only the pool exists. Anything else would be a wild walk.
static u64 read_physical(const struct pool *memory, u64 pa, int *wild)
{
	if (pa < memory->pa || pa + 8 > memory->pa + memory->size) {
		*wild = 1;
		return 0;
	}
	return *(const volatile u64 *)(memory->va + (pa - memory->pa));
}

struct ref_walk ref_ept(const struct pool *memory, const u64 *root, unsigned addr_bits, u64 gpa)
{
	struct ref_walk w = { .rights = 7 };
	u64 table = (u64)((const u8 *)root - memory->va) + memory->pa;
	int wild = 0;

	for (unsigned shift = 39;; shift -= 9) {
		u64 e = read_physical(memory, table + 8 * bits(gpa, shift + 8, shift), &wild);
		int leaf = shift == 12 || (shift < 39 && bits(e, 7, 7));

		w.size = 1ULL << shift;
		w.no_ve = bits(e, 63, 63);
		if (wild) {
			w.outcome = REF_MISCONFIG;
			return w;
		}
		if (bits(e, 2, 0) == 0) {
			w.rights = 0;
			w.outcome = REF_VIOLATION;
			return w;
		}
		// W without R; address bits beyond MAXPHYADDR; what is reserved at this level.
		if (bits(e, 1, 0) == 2 || (addr_bits < 52 && bits(e, 51, addr_bits)) ||
		    (!leaf && bits(e, 7, 3)) || (leaf && shift > 12 && bits(e, shift - 1, 12))) {
			w.outcome = REF_MISCONFIG;
			return w;
		}
		w.rights &= bits(e, 2, 0);
		if (leaf) {
			w.type = bits(e, 5, 3);
			if (w.type == 2 || w.type == 3 || w.type == 7)
				w.outcome = REF_MISCONFIG;
			w.spp = shift == 12 && bits(e, 61, 61);
			w.hpa = (bits(e, 51, shift) << shift) | bits(gpa, shift - 1, 0);
			return w;
		}
		table = bits(e, 51, 12) << 12;
	}
}

enum ref_outcome ref_sppt(const struct pool *memory, const u64 *root, unsigned addr_bits, u64 gpa)
{
	u64 table = (u64)((const u8 *)root - memory->va) + memory->pa;
	int wild = 0;

	for (unsigned shift = 39; shift > 12; shift -= 9) {
		u64 e = read_physical(memory, table + 8 * bits(gpa, shift + 8, shift), &wild);

		if (wild)
			return REF_SPP_MISCONFIG;
		if (!bits(e, 0, 0))
			return REF_SPP_MISS;
		if (bits(e, 11, 1) || bits(e, 63, addr_bits))
			return REF_SPP_MISCONFIG;
		table = bits(e, 51, 12) << 12;
	}
	u64 vector = read_physical(memory, table + 8 * bits(gpa, 20, 12), &wild);
	if (wild || (vector & 0xaaaaaaaaaaaaaaaaULL))
		return REF_SPP_MISCONFIG;
	return bits(vector, 2 * bits(gpa, 11, 7), 2 * bits(gpa, 11, 7)) ? REF_OK : REF_VIOLATION;
}

enum ref_outcome ref_store(const struct pool *memory, const u64 *ept, const u64 *sppt,
			   unsigned addr_bits, u64 gpa)
{
	struct ref_walk w = ref_ept(memory, ept, addr_bits, gpa);

	if (w.outcome != REF_OK)
		return w.outcome;
	if (w.rights & 2)
		return REF_OK;
	if (!sppt || !w.spp || !(w.rights & 1))
		return REF_VIOLATION;
	return ref_sppt(memory, sppt, addr_bits, gpa);
}
