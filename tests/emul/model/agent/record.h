// SPDX-License-Identifier: MIT
// The event ring and Tessera's counters against what the model expects.
#ifndef RECORD_H
#define RECORD_H

#include "tests/emul/model/agent/model.h"

void record_begin(struct player *p);

// Compares all events that have come since with those that have to come. With several CPUs
// only while they rest.
void record_compare(struct player *p);
void record_end(struct player *p);

u32 record_events(void); // since record_begin

// Counts the writes that meet a rule from now on; compares with what Tessera counted.
void record_rule_begin(struct player *p, u32 rule);
void record_rule_check(struct player *p, u32 rule);

#endif
