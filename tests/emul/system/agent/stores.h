// SPDX-License-Identifier: MIT
// The kinds of stores, and a store under observation.
#ifndef AGENT_STORES_H
#define AGENT_STORES_H

#include "tests/emul/system/agent/probe.h"

enum feature { ALWAYS, AVX, AVX512, XSAVEOPT, XSAVEC, MOVDIRI, MOVDIR64B, XSAVES };

#define STORE_AT_TARGET 1U // RSP is at the target while it stores
#define STORE_AT_SOURCE 2U // RSP is at the source
#define STORE_IN_PARTS  4U // parts may have been written when another part faults
#define STORE_WIDE      8U // writes more than [first, first + size)

// stores.asm lays these out.
struct store {
	const char *name;
	code prepare, store;
	s32 first; // of the bytes that it always writes, from the target
	u32 size, align;
	u32 feature, flags, reserved;
};

extern const struct store stores[], stores_end[];

// Two pages that stores are tried on.
#define CANVAS_SIZE (2 * PAGE_SIZE)
u8 *canvas(void);

struct result {
	struct probe probe;
	u64 before[16]; // registers before the store
	u8 memory[CANVAS_SIZE];
};

bool store_available(const struct store *s);

// Fills the canvas with the pattern that it starts with.
void canvas_fill(void);

// Whether it left those bytes as they were. A store that begins outside of what is protected is
// judged by what it changes, and then it may pass.
bool store_is_silent(const struct result *reference, const u8 *start, u64 length);

// Runs the store and looks at the canvas.
void store_run(const struct store *s, u8 *target, struct result *r);

// Fail the scenario unless the store behaved like the one without any protection; or was denied and
// left no trace (IN_PARTS: at least none in the `shielded` bytes from `shield` on).
void expect_like(const struct store *s, const struct result *r, const struct result *reference);
void expect_denied(const struct store *s, const struct result *r, const u8 *shield, u64 shielded);

#endif
