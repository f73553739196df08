// SPDX-License-Identifier: MIT
// Memory types from the MTRRs, as plain data: the caller reads the MSRs.
// Manual: "Memory Type Range Registers (MTRRs)", "MTRR Precedences".
#ifndef EPT_MTRR_H
#define EPT_MTRR_H

#include "hv/lib/types.h"

enum memory_type { MT_UC = 0, MT_WC = 1, MT_WT = 4, MT_WP = 5, MT_WB = 6 };

#define MTRR_FIXED_COUNT    11 // MSRs 0x250, 0x258, 0x259, 0x268..0x26f, in this order
#define MTRR_VARIABLE_COUNT 32 // more than any CPU has

struct mtrr_state {
	bool present;                  // CPUID.1:EDX.MTRR; without it everything is WB
	u64 cap;                       // IA32_MTRRCAP
	u64 def_type;                  // IA32_MTRR_DEF_TYPE
	u64 fixed[MTRR_FIXED_COUNT];   // 8 types each
	u64 base[MTRR_VARIABLE_COUNT]; // IA32_MTRR_PHYSBASEn
	u64 mask[MTRR_VARIABLE_COUNT]; // IA32_MTRR_PHYSMASKn
	u32 variable;                  // pairs in use
	u8 addr_bits;                  // MAXPHYADDR: mask bits above it are ones
};

// The type of the byte at gpa. UC for a mix that the manual leaves undefined.
enum memory_type mtrr_type(const struct mtrr_state *m, u64 gpa);

// The type of the whole of [gpa, gpa + size), size a power of two >= 4 KiB and gpa aligned to it.
// Returns false, and the type UC, when the range holds more than one type.
bool mtrr_uniform(const struct mtrr_state *m, u64 gpa, u64 size, enum memory_type *type);

// The same for a caller with many questions and *steps lookups for all of them: subtracts the cost
// of this answer. Without steps left the answer is false and UC.
bool mtrr_uniform_within(const struct mtrr_state *m, u64 gpa, u64 size, u32 *steps,
			 enum memory_type *type);

// The usual name: "UC", "WC", "WT", "WP", "WB", or "??".
const char *memory_type_name(enum memory_type type);

#endif
