// SPDX-License-Identifier: MIT
#include "ept/mtrr.h"

#define CAP_FIX     BIT(8)  // IA32_MTRRCAP: fixed ranges exist
#define DEF_FIXED   BIT(10) // IA32_MTRR_DEF_TYPE: fixed ranges are on
#define DEF_ENABLE  BIT(11) // IA32_MTRR_DEF_TYPE: MTRRs are on
#define MASK_VALID  BIT(11) // IA32_MTRR_PHYSMASKn
#define FIXED_END   BIT(20)
#define TYPE_BIT(t) (1U << (t))
#define KNOWN_TYPES \
	(TYPE_BIT(MT_UC) | TYPE_BIT(MT_WC) | TYPE_BIT(MT_WT) | TYPE_BIT(MT_WP) | TYPE_BIT(MT_WB))

// Limits the lookups of halves for one range. Usual MTRRs need a few dozen; for masks with holes,
// which a hostile guest may set, the answer becomes "several types", which leads to 4 KiB pages.
#define MAX_STEPS 512U

// Which types cover a block: the whole of it, or some of it.
struct cover {
	u32 all;
	u32 part;
};

// The manual leaves reserved types undefined; UC is the safe choice.
static enum memory_type known_type(u64 type)
{
	type &= 0xff;
	return type < 32 && (KNOWN_TYPES & TYPE_BIT(type)) ? (enum memory_type)type : MT_UC;
}

// "MTRR Precedences": UC wins, WT over WB, and every other mix is undefined.
static enum memory_type combine_types(u32 types, enum memory_type otherwise)
{
	if (!types)
		return otherwise;
	if (types == (TYPE_BIT(MT_WT) | TYPE_BIT(MT_WB)))
		return MT_WT;
	return types & (types - 1) ? MT_UC : (enum memory_type)__builtin_ctz(types);
}

static struct cover cover_of(const struct mtrr_state *m, u64 gpa, u64 size)
{
	u64 beyond = ~(BIT(m->addr_bits) - 1);
	u64 inside = size - 1;
	struct cover c = { 0, 0 };

	for (u32 i = 0; i < m->variable; i++) {
		u64 mask = (m->mask[i] & PAGE_MASK) | beyond;
		u64 differ = (gpa ^ (m->base[i] & PAGE_MASK & ~beyond)) & mask;

		if (!(m->mask[i] & MASK_VALID) || (differ & ~inside))
			continue;
		// The block overlaps the range. Mask bits below the block size split it.
		if (mask & inside)
			c.part |= TYPE_BIT(known_type(m->base[i]));
		else
			c.all |= TYPE_BIT(known_type(m->base[i]));
	}
	return c;
}

// True if the ranges that cover only a part of the block do not change the type there.
static bool part_is_idle(struct cover c, enum memory_type def)
{
	if (c.all)
		return combine_types(c.all | c.part, def) == combine_types(c.all, def);
	return !(c.part & ~TYPE_BIT(def));
}

// [gpa, gpa + size) lies below 1 MiB: 8 ranges of 64 KiB, 16 of 16 KiB, 64 of 4 KiB, 8 a register.
static enum memory_type fixed_type(const struct mtrr_state *m, u64 gpa)
{
	u64 n = gpa < 0x80000   ? gpa >> 16
		: gpa < 0xc0000 ? 8 + ((gpa - 0x80000) >> 14)
				: 24 + ((gpa - 0xc0000) >> 12);

	return known_type(m->fixed[n / 8] >> (n % 8 * 8));
}

static bool fixed_uniform(const struct mtrr_state *m, u64 gpa, u64 size, enum memory_type *type)
{
	*type = fixed_type(m, gpa);
	for (u64 at = PAGE_SIZE; at < size; at += PAGE_SIZE)
		if (fixed_type(m, gpa + at) != *type)
			return false;
	return true;
}

static bool fixed_on(const struct mtrr_state *m)
{
	return (m->cap & CAP_FIX) && (m->def_type & DEF_FIXED);
}

static bool range_is_uniform(const struct mtrr_state *m, u64 gpa, u64 size, u32 *steps,
			     enum memory_type *type)
{
	enum memory_type upper;

	if (!*steps)
		return false;
	--*steps;
	if (gpa < FIXED_END && fixed_on(m)) {
		if (size <= FIXED_END)
			return fixed_uniform(m, gpa, size, type);
	} else {
		enum memory_type def = known_type(m->def_type);
		struct cover c = cover_of(m, gpa, size);

		*type = combine_types(c.all, def);
		if (part_is_idle(c, def))
			return true;
	}
	size /= 2;
	return range_is_uniform(m, gpa, size, steps, type) &&
	       range_is_uniform(m, gpa + size, size, steps, &upper) && *type == upper;
}

bool mtrr_uniform_within(const struct mtrr_state *m, u64 gpa, u64 size, u32 *steps,
			 enum memory_type *type)
{
	u32 given = MIN(*steps, MAX_STEPS), left = given;
	bool uniform;

	if (!m->present || !(m->def_type & DEF_ENABLE)) {
		*type = m->present ? MT_UC : MT_WB;
		return true;
	}
	uniform = range_is_uniform(m, gpa, size, &left, type);
	*steps -= given - left;
	if (!uniform)
		*type = MT_UC;
	return uniform;
}

bool mtrr_uniform(const struct mtrr_state *m, u64 gpa, u64 size, enum memory_type *type)
{
	u32 steps = MAX_STEPS;

	return mtrr_uniform_within(m, gpa, size, &steps, type);
}

enum memory_type mtrr_type(const struct mtrr_state *m, u64 gpa)
{
	enum memory_type type;

	mtrr_uniform(m, gpa & PAGE_MASK, PAGE_SIZE, &type);
	return type;
}

const char *memory_type_name(enum memory_type type)
{
	static const char names[][3] = {
		[MT_UC] = "UC", [MT_WC] = "WC", [MT_WT] = "WT", [MT_WP] = "WP", [MT_WB] = "WB",
	};

	return (u32)type < ARRAY_SIZE(names) && names[type][0] ? names[type] : "??";
}
