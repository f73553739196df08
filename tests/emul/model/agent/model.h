// SPDX-License-Identifier: MIT
// What docs/hypercalls.md and docs/design.md say that a store does, as plain arrays of bytes. It
// knows nothing of tiles, pages' rights, steps or engines.
//
// With several CPUs each has bytes of its own in every page (model_mine), and regions of its
// own on them, so that nobody's model depends on what the others do meanwhile.
#ifndef MODEL_H
#define MODEL_H

#include "tests/emul/system/agent/agent.h"

#define GAME_PAGES   48
#define GAME_SIZE    (GAME_PAGES * PAGE_SIZE)
#define COUNTER_PAGE (GAME_PAGES - 1) // not for stores of the game: counters.c

#define RULES_OWN    6
#define REGIONS_OWN  40
#define STORE_MAX    64
#define RULE_NUMBERS 256

struct region {
	u32 start, length; // the start from game_memory on
	u32 rule;          // Tessera's number
};

struct rule {
	u32 number;
	enum tessera_action action;
};

// The rules and regions of one CPU, or those that all have in common.
struct book {
	u32 rules, regions;
	struct rule rule[RULES_OWN];
	struct region region[REGIONS_OWN];
};

// An event that has to come.
struct expected {
	u64 gva, rip;
	u64 before, after, mine;         // only the bytes of `mine` count, and only for an audit
	u64 covering[RULE_NUMBERS / 64]; // the rules that may have said so
	u32 at;                          // from game_memory on
	u32 step;
	const char *doing;
	u8 action, size;
};

struct player {
	u32 number;
	u32 seat;      // which bytes it has; another one each round
	bool hardware; // SPP enforces tiles
	u64 random;
	u32 step; // counts what it did
	u32 stores, denied, changes, skipped;
	struct book book;
	struct expected *log;
	u32 logged, checked;
	const char *doing; // for a complaint
	u32 doing_at, doing_size;
	u8 source[STORE_MAX] __attribute__((aligned(64)));
};

// A part of a store that lies in one page, and where the CPU sees it.
struct extent {
	u32 at, length;
	u64 gva;
};

struct shot {
	u64 rip;
	u32 extents;
	struct extent extent[2];
	u8 after[STORE_MAX]; // what all its bytes would be
};

#define LOG_MAX 4000 // expected events of one round

extern u8 *game_memory;
extern u8 truth[GAME_SIZE];
extern struct book common;
extern struct player players[CPUS_MAX];

// Extents of the bytes that players have for their own. A slice goes round the end of its page.
#define SLICE       256
#define SLICE_FIRST 77 // borders of slices are no borders of tiles or words
bool model_mine(const struct player *p, u32 at);
u32 model_slice(const struct player *p, u64 random);

enum tessera_action model_action(u32 at);
bool model_ruled(u32 at, u32 length);

// A page's access map, as set; as it is in force.
void model_set_map(u32 page, u32 map);
u32 model_get_map(u32 page);

// Adds a region to the arrays, or takes it away.
void model_cover(enum tessera_action action, const struct region *r, bool more);

// Carries the store out, with its events. True when it is denied, and then nothing has happened.
bool model_store(struct player *p, const struct shot *s);

// Ends the game with what is needed to play it again.
void mismatch(struct player *p, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

static inline void expect(struct player *p, const char *what, u64 actual, u64 expected)
{
	if (actual != expected)
		mismatch(p, "%s is 0x%lx and should be 0x%lx", what, actual, expected);
}

u64 chance(struct player *p);
static inline u32 below(struct player *p, u32 limit)
{
	return (u32)(chance(p) >> 20) % limit;
}

#endif
