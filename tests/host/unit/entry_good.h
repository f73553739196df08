// SPDX-License-Identifier: MIT
// States that VM entry takes, one for each mode of the guest and each kind of event.
#ifndef TESTS_HOST_UNIT_ENTRY_GOOD_H
#define TESTS_HOST_UNIT_ENTRY_GOOD_H

#include "vmx/check/entry_state.h"

//      name            the guest
#define GOOD_STATES(X)                                                        \
	X(LONG, "64-bit code at CPL 0")                                       \
	X(USER, "64-bit code at CPL 3")                                       \
	X(STEPPED, "64-bit code with TF")                                     \
	X(SHADOW, "64-bit code with TF under blocking by MOV SS, BS pending") \
	X(BRANCHES, "64-bit code with TF and BTF under blocking by STI")      \
	X(COMPATIBLE, "32-bit code of an IA-32e guest")                       \
	X(PAE, "32-bit code with PAE paging")                                 \
	X(RESTRICTED, "the same without unrestricted guest")                  \
	X(FLAT, "protected mode without paging")                              \
	X(REAL, "real mode")                                                  \
	X(V8086_TASK, "virtual-8086 mode")                                    \
	X(RESET, "real mode at the reset vector, waiting for a SIPI")         \
	X(HALTED, "64-bit code in HLT")                                       \
	X(SHUT_DOWN, "64-bit code in shutdown")                               \
	X(EXTERNAL, "64-bit code that takes an external interrupt")           \
	X(NMI, "64-bit code that takes an NMI")                               \
	X(HALTED_NMI, "64-bit code in HLT that takes an NMI")                 \
	X(SHUT_DOWN_NMI, "64-bit code in shutdown that takes an NMI")         \
	X(EXCEPTION, "64-bit code that takes #UD")                            \
	X(EXCEPTION_CODE, "64-bit code that takes #GP")                       \
	X(REAL_EXCEPTION, "real mode that takes #GP")                         \
	X(SOFTWARE_INT, "64-bit code that takes INT n")                       \
	X(PRIVILEGED_TRAP, "64-bit code that takes INT1")                     \
	X(SOFTWARE_TRAP, "64-bit code that takes INT3")                       \
	X(PENDING_MTF, "64-bit code with a pending MTF exit")                 \
	X(LEGACY_HOST, "32-bit code under a 32-bit host")                     \
	X(EVERYTHING, "64-bit code with all controls that go together")

#define GOOD_STATE_ENUM(name, text) GOOD_##name,
enum good_state { GOOD_STATES(GOOD_STATE_ENUM) GOOD_STATE_COUNT };

// Fills the state and the CPU that it points to. Its physical memory (good_memory) is empty.
void good_state(enum good_state which, struct entry_state *s, struct entry_cpu *cpu);
const char *good_name(enum good_state which);

// Physical memory, for entry_state.memory: what good_memory_set wrote, 0 elsewhere; nothing can be
// read from good_memory_end on.
#define GOOD_MEMORY_END 0x100000000ULL
bool good_memory(u64 pa, u32 *value);
void good_memory_set(u64 pa, u32 value);

#endif
