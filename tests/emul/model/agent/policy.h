// SPDX-License-Identifier: MIT
// Changes of the rules, in Tessera and in the model at once.
#ifndef POLICY_H
#define POLICY_H

#include "tests/emul/model/agent/model.h"

// A random change, or a random question; the answer is what the model says.
void policy_change(struct player *p);

// What all players have in common in a round; and the end of it.
void policy_begin(struct player *p);
void policy_end(struct player *p);

// A region for a book, which must have room.
void policy_protect(struct player *p, struct book *b, enum tessera_action action, u32 start,
		    u32 length);

// Takes everything in a book back.
void policy_clear(struct player *p, struct book *b);

#endif
