// SPDX-License-Identifier: MIT
// Random stores, each compared with the model at once.
#ifndef SHOTS_H
#define SHOTS_H

#include "tests/emul/model/agent/model.h"

void shots_init(void); // before the first store: sorts the kinds out

// Both do nothing where the store would be one that the emulator judges in another way.
void shot_play(struct player *p);
void string_play(struct player *p);

// A place for a store of that size in two random pages, and where the CPU sees them.
struct place {
	u32 page[2]; // of the game
	u32 offset;  // of the first byte, from the first page on; it lies in the first page
	u32 size;
};
struct place place_random(struct player *p, u32 size);
bool place_is_mine(const struct player *p, const struct place *w);
u32 place_at(const struct place *w, u32 offset);
u8 *place_linear(const struct player *p, u32 offset);

// Maps the two pages of the game, or those of a private copy, at the same linear addresses.
void place_map(const struct player *p, const struct place *w);
void place_map_copy(const struct player *p);
u8 *place_copy(const struct player *p);

// The extents of a store to [offset, offset + size) of a place.
struct shot place_shot(const struct player *p, const struct place *w, u32 offset, u32 size);

// SPP of the emulator looks at the first byte's tile alone.
bool place_is_judged_otherwise(const struct player *p, const struct shot *s);

// Memory around a place against the model.
void place_compare(struct player *p, const struct place *w);

#endif
