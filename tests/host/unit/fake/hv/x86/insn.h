// SPDX-License-Identifier: MIT
// In the place of hv/x86/insn.h for tests with `-iquote tests/host/unit/fake`: the same, but for
// the privileged instructions that host code under test executes.
#ifndef TESTS_HOST_UNIT_FAKE_INSN_H
#define TESTS_HOST_UNIT_FAKE_INSN_H

#define invlpg    invlpg_instruction
#define invept    invept_instruction
#define rdpkru    rdpkru_instruction
#define read_cr0  read_cr0_instruction
#define read_cr4  read_cr4_instruction
#define write_cr0 write_cr0_instruction
#define write_cr4 write_cr4_instruction
#include "../../../../../../hv/x86/insn.h"
#undef read_cr0
#undef read_cr4
#undef write_cr0
#undef write_cr4
#undef invlpg
#undef invept
#undef rdpkru

extern u32 fake_pkru; // a test of code that reads PKRU defines it

static inline u32 rdpkru(void)
{
	return fake_pkru;
}

static inline void invlpg(const void *va)
{
	(void)va;
}

static inline void invept(u64 type, u64 eptp)
{
	(void)type;
	(void)eptp;
}

static inline u64 read_cr0(void)
{
	return 0;
}

static inline u64 read_cr4(void)
{
	return 0;
}

static inline void write_cr0(u64 value)
{
	(void)value;
}

static inline void write_cr4(u64 value)
{
	(void)value;
}

#endif
