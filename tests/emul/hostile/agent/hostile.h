// SPDX-License-Identifier: MIT
// A case does one thing that a guest should not do and notes what came of it. It depends only on
// its number, the seed and the CPU, and leaves the CPU as it was: any case can be played alone.
#ifndef HOSTILE_H
#define HOSTILE_H

#include "tests/emul/system/agent/agent.h"

#define HOSTILE_TEXT 400

// What a command's arguments are.
enum { OF_GROUP, OF_SEED, OF_FIRST, OF_COUNT, OF_HIDDEN_BLOCK, OF_HIDDEN_SIZE };

struct hostile {
	u64 number; // of the case
	u64 random;
	u64 hash; // of what was noted
	// The result is known to differ from the one without Tessera, so that it is printed and
	// stays out of the block's hash. Set before anything is noted, by the number alone.
	bool apart;
	bool shown; // what is noted is wanted as text
	u32 used;
	char text[HOSTILE_TEXT];
};

struct group {
	const char *name;
	u64 cases;   // of the table; cases behind them are chosen at random
	bool random; // whether there are cases behind the table
	bool split;  // each block of cases is played by one CPU instead of all
	bool alone;  // and by one CPU at a time: the cases touch what all CPUs share
	void (*play)(struct hostile *h);
	void (*begin)(void); // on the first CPU, before the cases of a command; may be NULL
	void (*end)(void);   // after them
};

// Says in words what the case does. Before anything is noted.
void about(struct hostile *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Notes a part of the result, which has to be the same with and without Tessera.
void note(struct hostile *h, const char *name, u64 value);

// Numbers that look random and depend on the case only.
u64 chance(struct hostile *h);
static inline u64 chance_below(struct hostile *h, u64 limit)
{
	return chance(h) % limit;
}

// Copies an instruction to a page of this CPU's own, where probes at that privilege level can run
// it, and returns where. Clobbers the page's former content.
code place_code(const u8 *bytes, u32 size, u32 cpl);

// Runs the probe at CPL 0 or 3 and notes the exception (its RIP from the code on) and the
// registers that changed.
void run_and_note(struct hostile *h, struct probe *p, u32 cpl);

// The n-th page of this CPU's own, of PAGES_OWN, at an address that is the same with and without
// Tessera; CPL 3 can write all but the code. Pages from OWN_FREE on are free for the groups.
enum { OWN_CODE, OWN_DATA, OWN_FREE };
#define PAGES_OWN 16
u8 *own_page(u32 n);
u64 own_gpa(u32 n);

#endif
