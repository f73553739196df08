// SPDX-License-Identifier: MIT
// Run-time checks of Tessera's own promises. A broken one is a bug in Tessera: it is reported with
// file, line and a sentence, and causes a panic.
#ifndef HV_LIB_ASSERT_H
#define HV_LIB_ASSERT_H

#include "hv/lib/types.h"

// 1 in the test flavour (make checked), which also checks what costs too much for each exit.
#ifndef TESSERA_CHECKED
#define TESSERA_CHECKED 0
#endif

// Reports `what` and panics. Defined in hv/core/panic.c; host tests have their own.
void assert_failed(const char *what) __attribute__((noreturn, cold));

#define ASSERT_LINE(line) #line
#define ASSERT_AT(line)   __FILE_NAME__ ":" ASSERT_LINE(line) ": "

// `sentence` says what must hold. Always checked: for cheap conditions.
#define ASSERT(condition, sentence)                                  \
	do {                                                         \
		if (!(condition))                                    \
			assert_failed(ASSERT_AT(__LINE__) sentence); \
	} while (0)

// The same, in the test flavour only.
#define ASSERT_CHECKED(condition, sentence)                          \
	do {                                                         \
		if (TESSERA_CHECKED && !(condition))                 \
			assert_failed(ASSERT_AT(__LINE__) sentence); \
	} while (0)

#endif
